import { MusterError } from '#domain/kernel/errors/index.js';
import type { ExpectedRevision } from '#domain/kernel/ports/event-store.js';

export interface StreamState {
  /** Revision of the newest event; -1 if there is none. */
  readonly head: number;
  /** First revision that is served. {@link SOFT_DELETED}: the stream reads as absent. */
  readonly truncateBefore: number;
  readonly tombstoned: boolean;
}

export const ABSENT_STREAM: StreamState = { head: -1, truncateBefore: 0, tombstoned: false };

/** A soft delete is a truncation before a revision that is never reached, as in EventStoreDB. */
export const SOFT_DELETED = Number.MAX_SAFE_INTEGER;

export type AppendVerdict =
  /** Write, with the first event at `revision`. `reopens`: the stream was soft-deleted, and reads now begin at this revision. */
  | { readonly kind: 'append'; readonly revision: number; readonly reopens: boolean }
  /** Exactly these events are there already, the last at `revision`: return the same result without writing. */
  | { readonly kind: 'repeated'; readonly revision: number };

/** -1 means "no stream": the revision before the first. */
export function revisionOf(expected: ExpectedRevision): number {
  return expected === 'no_stream' ? -1 : expected;
}

/**
 * EventStoreDB's rules for an exact expected revision (IndexWriter.CheckCommit): the events from `expected + 1` on are compared with the new ids, so that a
 * repeated append is not a conflict. `idAt` reads the id at a revision of this stream. Throws `MUSTER_E_STREAM_DELETED` and `MUSTER_E_WRONG_REVISION`.
 */
export function judgeAppend(
  stream: string,
  state: StreamState,
  expected: number,
  ids: readonly string[],
  idAt: (revision: number) => string | undefined,
): AppendVerdict {
  if (state.tombstoned) throw new MusterError('MUSTER_E_STREAM_DELETED', { stream });
  const deleted = state.truncateBefore === SOFT_DELETED;
  if (expected > state.head) throw wrongRevision(stream, state, expected);
  if (expected === state.head) return { kind: 'append', revision: state.head + 1, reopens: deleted };
  let revision = expected;
  for (const id of ids) {
    revision += 1;
    if (revision <= state.head && idAt(revision) === id) continue;
    if (revision === expected + 1 && expected === -1 && deleted)
      return { kind: 'append', revision: state.head + 1, reopens: true };
    throw wrongRevision(stream, state, expected);
  }
  if (revision === expected) throw wrongRevision(stream, state, expected);
  return { kind: 'repeated', revision };
}

/** The same rules for a deletion, which is compared like one event that was never there. */
export function judgeDeletion(stream: string, state: StreamState, expected: number): void {
  judgeAppend(stream, state, expected, ['deletion'], () => undefined);
}

function wrongRevision(stream: string, state: StreamState, expected: number): MusterError {
  return new MusterError('MUSTER_E_WRONG_REVISION', {
    stream,
    actual: named(state.head),
    expected: named(expected),
  });
}

export function named(revision: number): number | string {
  return revision < 0 ? 'no_stream' : revision;
}
