import type { AnyErrorCode } from '#domain/kernel/errors/index.js';
import type { ErrorShape } from '#src/http/index.js';

interface Words {
  readonly message: string;
  readonly status?: number;
}

const OF_ACCOUNTS: Readonly<Partial<Record<AnyErrorCode, Words>>> = {
  MUSTER_E_UNAUTHORIZED: { message: 'Authentication required' },
  MUSTER_E_CREDENTIALS_WRONG: { message: 'Invalid username or password' },
  MUSTER_E_FORBIDDEN: { message: 'Unauthorized - Admin privileges required' },
  MUSTER_E_USERNAME_TAKEN: { message: 'User already exists', status: 400 },
};

/** Shapes errors of `/login`, `/logout` and `/create_user`, which contain a message and no other key. */
export const bareMessage: ErrorShape = ({ code, message: own }) => {
  const { message = own, status } = OF_ACCOUNTS[code] ?? {};
  return { body: { message }, ...(status !== undefined && { status }) };
};

const KINDS: Readonly<Record<number, string>> = {
  400: 'Invalid request',
  403: 'Not allowed',
  409: 'Conflict',
  421: 'Wrong host',
  422: 'Idempotency key reused',
  429: 'Too many requests',
  500: 'Internal server error',
  502: 'Node unreachable',
  503: 'Service unavailable',
};

/** Shapes all other errors, with the kind in `message` and the cause in `error`. A 404 has only a message. */
export const failureOf: ErrorShape = ({ code, status, message, fields }) => {
  const failure = (kind: string, error?: string) => ({
    body: { success: false, message: kind, ...(error !== undefined && { error }) },
  });
  switch (code) {
    case 'MUSTER_E_TASK_NOT_FOUND':
      return failure(`Task with ID ${String(fields['taskId'])} not found`);
    case 'MUSTER_E_TASK_NAME_TAKEN': {
      const { body } = failure(
        'Task with this name already exists',
        `Task with name '${String(fields['name'])}' already exists`,
      );
      return { body, status: 400 };
    }
    case 'MUSTER_E_UNAUTHORIZED':
      return failure('Authentication required', 'Please log in to perform this operation');
    case 'MUSTER_E_FORBIDDEN':
      return failure('Unauthorized - Insufficient privileges', message);
    case 'MUSTER_E_ENVIRONMENT_NOT_YOURS':
    case 'MUSTER_E_TASK_NOT_YOURS':
      return failure('Unauthorized - Insufficient privileges', message);
    case 'MUSTER_E_ENVIRONMENT_NAME_TAKEN':
      return failure('Environment with this name already exists', message);
    case 'MUSTER_E_ENVIRONMENT_REFERENCED':
      return failure('Cannot delete environment that is referenced by tasks', message);
    default:
      return status === 404 ? failure(message) : failure(KINDS[status] ?? 'Request failed', message);
  }
};
