/** Structured log: fields, then a code. A pino logger is one. */
export interface AgentLog {
  debug(fields: object, code: string): void;
  info(fields: object, code: string): void;
  warn(fields: object, code: string): void;
  error(fields: object, code: string): void;
}

/** The part of an error that a log line needs. */
export function errorFields(error: unknown): { readonly error: string; readonly cause?: string } {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: error.message, ...(error.cause instanceof Error ? { cause: error.cause.message } : {}) };
}
