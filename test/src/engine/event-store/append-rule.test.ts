import t from 'tap';
import {
  ABSENT_STREAM,
  judgeAppend,
  judgeDeletion,
  named,
  revisionOf,
  SOFT_DELETED,
  type StreamState,
} from '#src/engine/event-store/append-rule.js';
import { judgeWireAppend, judgeWireDeletion } from '#src/engine/event-store/wire-rule.js';

/** A stream that holds these ids from revision 0 on. */
const holding = (ids: string, more: Partial<StreamState> = {}) => ({
  state: { head: ids.length - 1, truncateBefore: 0, tombstoned: false, ...more },
  idAt: (revision: number) => ids[revision],
});
const judge = (ids: string, expected: number, sent: string, more: Partial<StreamState> = {}) => {
  const { state, idAt } = holding(ids, more);
  return judgeAppend('s', state, expected, [...sent], idAt);
};
const WRONG = { code: 'MUSTER_E_WRONG_REVISION' };
const DELETED = { code: 'MUSTER_E_STREAM_DELETED' };

void t.test('appends after the head if it is the expected revision', async (t) => {
  t.strictSame(
    judgeAppend('s', ABSENT_STREAM, -1, ['x'], () => undefined),
    { kind: 'append', revision: 0, reopens: false },
  );
  t.strictSame(judge('abc', 2, 'x'), { kind: 'append', revision: 3, reopens: false });
});

void t.test('refuses an append beyond the head, and reports the actual and expected revisions', async (t) => {
  t.throws(() => judge('abc', 3, 'x'), { ...WRONG, fields: { stream: 's', actual: 2, expected: 3 } });
  t.throws(() => judge('', 0, 'x'), { ...WRONG, fields: { actual: 'no_stream', expected: 0 } });
});

void t.test('treats the same events as a repetition, and others as a conflict', async (t) => {
  t.strictSame(judge('abc', -1, 'abc'), { kind: 'repeated', revision: 2 });
  t.strictSame(
    judge('abc', 0, 'b'),
    { kind: 'repeated', revision: 1 },
    'a repetition in the middle of the stream is recognized',
  );
  for (const [expected, sent] of [
    [-1, 'x'],
    [-1, 'ax'],
    [0, 'bcx'],
    [1, 'b'],
    [0, ''],
  ] as const)
    t.throws(() => judge('abc', expected, sent), WRONG, `${sent} after ${expected}`);
});

void t.test('restarts a soft-deleted stream at the next revision', async (t) => {
  const soft = { truncateBefore: SOFT_DELETED };
  t.strictSame(judge('abc', -1, 'x', soft), { kind: 'append', revision: 3, reopens: true });
  t.strictSame(judge('abc', 2, 'x', soft), { kind: 'append', revision: 3, reopens: true });
  t.throws(() => judge('abc', 0, 'x', soft), WRONG);
  t.throws(
    () => judge('abc', -1, 'ax', soft),
    WRONG,
    'events that begin with already stored ones do not restart the stream',
  );
  t.throws(() => judge('abc', -1, 'x', { truncateBefore: 2 }), WRONG, 'a truncated stream is not restarted');
});

void t.test('refuses every append after a tombstone', async (t) => {
  for (const expected of [-1, 0, 2])
    t.throws(() => judge('abc', expected, 'x', { tombstoned: true }), DELETED);
});

void t.test('deletes a stream only at its head', async (t) => {
  judgeDeletion('s', holding('abc').state, 2);
  for (const expected of [-1, 1, 3])
    t.throws(() => judgeDeletion('s', holding('abc').state, expected), WRONG);
});

void t.test('represents a missing stream as revision -1', async (t) => {
  t.strictSame([revisionOf('no_stream'), revisionOf(0), revisionOf(5)], [-1, 0, 5]);
  t.strictSame([named(-1), named(0), named(5)], ['no_stream', 0, 5]);
});

void t.test('recognizes a repetition without an expected revision by recent event ids', async (t) => {
  const wire = (
    ids: string,
    expected: 'any' | 'stream_exists',
    sent: string,
    more: Partial<StreamState> = {},
  ) => {
    const { state, idAt } = holding(ids, more);
    return judgeWireAppend(
      's',
      state,
      expected,
      [...sent],
      idAt,
      (id) => (ids.includes(id) ? ids.indexOf(id) : undefined),
      false,
    );
  };
  for (const expected of ['any', 'stream_exists'] as const) {
    t.strictSame(wire('abc', expected, 'x'), { kind: 'append', revision: 3, reopens: false });
    t.strictSame(
      wire('abc', expected, 'ba'),
      { kind: 'repeated', revision: 0 },
      'the order of the events does not matter',
    );
    t.strictSame(
      wire('abc', expected, 'xa'),
      { kind: 'append', revision: 3, reopens: false },
      'the first event decides',
    );
    t.throws(() => wire('abc', expected, 'ax'), WRONG);
    t.throws(() => wire('abc', expected, 'x', { tombstoned: true }), DELETED);
  }
  t.strictSame(wire('', 'any', 'x'), { kind: 'append', revision: 0, reopens: false });
  t.throws(() => wire('', 'stream_exists', 'x'), WRONG);
  const soft = { truncateBefore: SOFT_DELETED };
  t.strictSame(wire('abc', 'any', 'x', soft), { kind: 'append', revision: 3, reopens: true });
  t.throws(() => wire('abc', 'stream_exists', 'x', soft), DELETED);
  t.strictSame(
    judgeWireAppend(
      's',
      ABSENT_STREAM,
      'no_stream',
      ['x'],
      () => undefined,
      () => 7,
      false,
    ),
    { kind: 'append', revision: 0, reopens: false },
  );
});

void t.test('tombstones a stream that never existed, but deletes it only with metadata', async (t) => {
  for (const expected of ['any', 'no_stream'] as const) {
    judgeWireDeletion('tombstone', 's', ABSENT_STREAM, expected, false);
    judgeWireDeletion('delete', 's', ABSENT_STREAM, expected, true);
    t.throws(() => judgeWireDeletion('delete', 's', ABSENT_STREAM, expected, false), WRONG);
  }
  t.throws(() => judgeWireDeletion('tombstone', 's', ABSENT_STREAM, 'stream_exists', true), WRONG);
  for (const how of ['delete', 'tombstone'] as const) {
    judgeWireDeletion(how, 's', holding('a').state, 'stream_exists', false);
    judgeWireDeletion(how, 's', holding('a').state, 0, false);
    t.throws(() => judgeWireDeletion(how, 's', holding('a').state, 1, false), WRONG);
    t.throws(
      () => judgeWireDeletion(how, 's', { ...holding('a').state, tombstoned: true }, 'any', false),
      DELETED,
    );
  }
});
