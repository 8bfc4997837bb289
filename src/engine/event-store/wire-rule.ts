import { MusterError } from '#domain/kernel/errors/index.js';
import type { ExpectedRevision } from '#domain/kernel/ports/event-store.js';
import {
  judgeAppend,
  judgeDeletion,
  named,
  revisionOf,
  SOFT_DELETED,
  type AppendVerdict,
  type StreamState,
} from './append-rule.js';

/** Expectations of a protocol client. `any` and `stream_exists` exist only here: Muster's own appends always expect a revision or no stream. */
export type WireExpectation = ExpectedRevision | 'any' | 'stream_exists';

/** Returns the revision at which an event id was recently written to the stream in question, or undefined if it was not. */
export type RecentIds = (id: string) => number | undefined;

/**
 * Applies EventStoreDB's rules for all four forms of expectation. `any` and `stream_exists` give no revision to compare at, so a repeated append is
 * recognized only by the recently written ids of this stream: if all ids are known, in any order, it is a repetition; if the first id is known and a
 * later one is not, it is a conflict; if the first id is unknown, it is a new append. A stream with metadata (`isDescribed`) satisfies
 * `stream_exists` even without events. Throws `MUSTER_E_STREAM_DELETED` and `MUSTER_E_WRONG_REVISION`.
 */
export function judgeWireAppend(
  stream: string,
  state: StreamState,
  expected: WireExpectation,
  ids: readonly string[],
  idAt: (revision: number) => string | undefined,
  recent: RecentIds,
  isDescribed: boolean,
): AppendVerdict {
  if (expected !== 'any' && expected !== 'stream_exists')
    return judgeAppend(stream, state, revisionOf(expected), ids, idAt);
  checkExistence(stream, state, expected, isDescribed);
  let revision: number | undefined;
  for (const id of ids) {
    const known = recent(id);
    if (known === undefined) {
      if (revision === undefined) break;
      throw wrong(stream, state, expected);
    }
    revision = known;
  }
  if (revision !== undefined) return { kind: 'repeated', revision };
  return { kind: 'append', revision: state.head + 1, reopens: state.truncateBefore === SOFT_DELETED };
}

/** A soft delete requires a stream that once existed or has metadata (`isDescribed`). A name can be tombstoned before it was ever used. */
export function judgeWireDeletion(
  how: 'delete' | 'tombstone',
  stream: string,
  state: StreamState,
  expected: WireExpectation,
  isDescribed: boolean,
): void {
  if (expected === 'any' || expected === 'stream_exists') checkExistence(stream, state, expected, false);
  else judgeDeletion(stream, state, revisionOf(expected));
  if (how === 'delete' && state.head < 0 && !isDescribed) throw wrong(stream, state, expected);
}

function checkExistence(
  stream: string,
  state: StreamState,
  expected: 'any' | 'stream_exists',
  isDescribed: boolean,
): void {
  if (state.tombstoned) throw new MusterError('MUSTER_E_STREAM_DELETED', { stream });
  if (expected === 'any') return;
  if (state.head < 0 && !isDescribed) throw wrong(stream, state, expected);
  if (state.truncateBefore === SOFT_DELETED) throw new MusterError('MUSTER_E_STREAM_DELETED', { stream });
}

function wrong(stream: string, state: StreamState, expected: WireExpectation): MusterError {
  return new MusterError('MUSTER_E_WRONG_REVISION', { stream, actual: named(state.head), expected });
}
