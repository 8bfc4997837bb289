import { MusterError } from '#domain/kernel/errors/index.js';
import type { ExpectedRevision } from '#domain/kernel/ports/event-store.js';

export interface StreamState {
  /** Revision of the newest event, or -1 if there is none. */
  readonly head: number;
  readonly truncateBefore: number;
  readonly tombstoned: boolean;
}

export const ABSENT_STREAM: StreamState = { head: -1, truncateBefore: 0, tombstoned: false };

/** A soft delete is a truncation before a revision that is never reached, as in EventStoreDB. */
export const SOFT_DELETED = Number.MAX_SAFE_INTEGER;

export type AppendVerdict =
  /** Write the events, the first one at `revision`. `reopens` means that the stream was soft-deleted, and that reads now begin at this revision. */
  | { readonly kind: 'append'; readonly revision: number; readonly reopens: boolean }
  /** Exactly these events are already in the stream, the last one at `revision`. Return the same result without writing. */
  | { readonly kind: 'repeated'; readonly revision: number };

/** Returns -1 for `no_stream`: the revision before the first. */
export function revisionOf(expected: ExpectedRevision): number {
  return expected === 'no_stream' ? -1 : expected;
}

/**
 * Applies EventStoreDB's rules for an exact expected revision (IndexWriter.CheckCommit): compares the events from `expected + 1` on with the new ids,
 * so a repeated append is not a conflict. `idAt` reads the id at a revision. Throws `MUSTER_E_STREAM_DELETED` and `MUSTER_E_WRONG_REVISION`.
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

/** Applies the same rules to a deletion, as if it appended one event with a new id. */
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
