import { MusterError } from '../../kernel/errors/index.js';

export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 128;

export function checkPassword(password: string): void {
  const problem = passwordProblem(password);
  if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { field: 'password', problem });
}

export function passwordProblem(password: string): string | undefined {
  // Lone surrogates have no UTF-8 encoding, so that different passwords would be equal.
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(password))
    return 'is not valid Unicode';
  const length = password.length > 2 * MAX_PASSWORD ? password.length : [...password].length;
  return length < MIN_PASSWORD || length > MAX_PASSWORD
    ? `must be ${MIN_PASSWORD} to ${MAX_PASSWORD} characters long`
    : undefined;
}
