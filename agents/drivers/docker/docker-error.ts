import { hasCode } from '../../platform/error-code.js';

export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}

export function daemonMessage(error: unknown): string {
  if (
    error instanceof Error &&
    'json' in error &&
    typeof error.json === 'object' &&
    error.json !== null &&
    'message' in error.json &&
    typeof error.json.message === 'string'
  ) {
    return error.json.message.slice(0, 2000);
  }
  return (error instanceof Error ? error.message : String(error)).slice(0, 2000);
}

/** Whether there was no response, in which case the request may be retried. */
export function isUnreachable(error: unknown): boolean {
  return (
    error instanceof Error &&
    statusOf(error) === undefined &&
    hasCode(error, 'ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EACCES')
  );
}

/** For a `catch` that ignores responses with these statuses. */
export function unlessStatus(...expected: readonly number[]): (error: unknown) => void {
  return (error) => {
    if (!expected.includes(statusOf(error) ?? 0)) throw error;
  };
}
