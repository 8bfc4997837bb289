/** What the operating system says of a failed call, such as `permission denied`, without the path that its message ends with. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return /^[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? code ?? message;
}
