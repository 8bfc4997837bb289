export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return /^[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? code ?? message;
}
