/** The status that the daemon answered with, if it answered. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** What the daemon said, without the words around it. */
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

/** No answer at all, so the daemon is away or restarting, and the same may be asked again. */
export function isUnreachable(error: unknown): boolean {
  return (
    error instanceof Error &&
    statusOf(error) === undefined &&
    'code' in error &&
    ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EACCES'].includes(String(error.code))
  );
}
