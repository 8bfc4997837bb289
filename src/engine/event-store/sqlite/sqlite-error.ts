import { Sqlite } from '#src/engine/sqlite.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';

export function isSqliteError(
  error: unknown,
  code?: string,
): error is InstanceType<typeof Sqlite.SqliteError> {
  return (
    error instanceof Sqlite.SqliteError &&
    (code === undefined || error.code === code || error.code.startsWith(`${code}_`))
  );
}

export function storeError(error: unknown): MusterError {
  if (isMusterError(error)) return error;
  if (isSqliteError(error, 'SQLITE_FULL'))
    return new MusterError('MUSTER_E_STORE_FULL', {}, { cause: error });
  const problem = error instanceof Error ? error.message : String(error);
  if (isSqliteError(error, 'SQLITE_CORRUPT') || isSqliteError(error, 'SQLITE_NOTADB')) {
    return new MusterError('MUSTER_E_STORE_CORRUPT', { problem }, { cause: error });
  }
  const code = isSqliteError(error) ? `${error.code}: ` : '';
  return new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: `${code}${problem}` }, { cause: error });
}
