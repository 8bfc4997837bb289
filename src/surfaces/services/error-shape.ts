import type { AnyErrorCode } from '#domain/kernel/errors/index.js';
import type { ErrorShape } from '#src/http/index.js';

interface Words {
  readonly error: string;
  readonly told?: boolean;
  readonly status?: number;
}

const WORDS: Readonly<Partial<Record<AnyErrorCode, Words>>> = {
  MUSTER_E_INVALID: { error: 'Invalid input data', told: true },
  MUSTER_E_BODY_INVALID: { error: 'Invalid input data', told: true },
  MUSTER_E_BODY_TOO_LARGE: { error: 'Invalid input data', told: true },
  MUSTER_E_UNAUTHORIZED: { error: 'Invalid or missing token' },
  MUSTER_E_CREDENTIALS_WRONG: { error: 'Invalid credentials' },
  MUSTER_E_USERNAME_TAKEN: { error: 'Username or email already exists', status: 400 },
  MUSTER_E_EMAIL_TAKEN: { error: 'Username or email already exists', status: 400 },
  MUSTER_E_USER_NOT_FOUND: { error: 'User not found' },
  MUSTER_E_FORBIDDEN: { error: 'Insufficient permissions' },
};

/** Returns `{"error": "…"}` in the contract's words. For invalid input, it also contains the field and the reason. */
export const inContractWords: ErrorShape = ({ code, message }) => {
  const words = WORDS[code];
  if (words === undefined) return { body: { error: message } };
  const { error, told = false, status } = words;
  return { body: { error: told ? `${error}: ${message}` : error }, ...(status !== undefined && { status }) };
};
