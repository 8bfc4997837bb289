import { MusterError } from '../errors/index.js';

export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 128;

/** Throws `MUSTER_E_INVALID` for what cannot be a password. */
export function checkPassword(password: string): void {
  const problem = passwordProblem(password);
  if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { field: 'password', problem });
}

/** Why it cannot be a password, if it cannot. */
export function passwordProblem(password: string): string | undefined {
  // Half a surrogate pair has no UTF-8: two such passwords would be the same.
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(password)) return 'is not valid Unicode';
  const length = password.length > 2 * MAX_PASSWORD ? password.length : [...password].length;
  return length < MIN_PASSWORD || length > MAX_PASSWORD ? `must be ${MIN_PASSWORD} to ${MAX_PASSWORD} characters long` : undefined;
}
