import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';

const REMEDY =
  'remove $maxCount, $maxAge and $tb from its metadata; events that a scavenge has removed can only be restored from a backup';

/**
 * Throws `MUSTER_E_STORE_CORRUPT` if revisions of a stream are missing. Muster never truncates its own streams: a state that lacks some of its events
 * would lead to wrong decisions. `known` is the newest revision that was read before, or undefined if there is none.
 */
export function assertNext(stream: string, known: number | undefined, revision: number): void {
  if (revision === (known ?? -1) + 1) return;
  const problem =
    known === undefined
      ? missingBeginning(stream, revision)
      : `stream ${stream} continues at revision ${revision}, not ${known + 1}`;
  throw new MusterError('MUSTER_E_STORE_CORRUPT', { problem: `${problem}: ${REMEDY}`, stream });
}

export function missingBeginning(stream: string, revision: number): string {
  return `stream ${stream} begins at revision ${revision}, not 0`;
}

/** Returns whether the error says that a stream was deleted or truncated, so that no command on it can be decided. */
export function isCut(error: unknown): error is MusterError {
  return (
    isMusterError(error, 'MUSTER_E_STREAM_DELETED') ||
    (isMusterError(error, 'MUSTER_E_STORE_CORRUPT') && error.fields['stream'] !== undefined)
  );
}
