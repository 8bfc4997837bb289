export interface LogSink {
  debug(fields: object): void;
  info(fields: object): void;
  warn(fields: object): void;
  error(fields: object): void;
}

export interface AgentLog {
  debug(fields: object, code: string): void;
  info(fields: object, code: string): void;
  warn(fields: object, code: string): void;
  error(fields: object, code: string): void;
}

/** Adapts a sink so that the code is a field of every record, like everywhere else in Muster. */
export function codedLog(sink: LogSink): AgentLog {
  return {
    debug: (fields, code) => sink.debug({ code, ...fields }),
    info: (fields, code) => sink.info({ code, ...fields }),
    warn: (fields, code) => sink.warn({ code, ...fields }),
    error: (fields, code) => sink.error({ code, ...fields }),
  };
}

export function errorFields(error: unknown): { readonly error: string; readonly cause?: string } {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: error.message, ...(error.cause instanceof Error ? { cause: error.cause.message } : {}) };
}
