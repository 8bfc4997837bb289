import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { NewEvent } from '#domain/kernel/ports/event-store.js';
import {
  checkAppend,
  checkBefore,
  checkExpected,
  checkStream,
  MAX_APPEND_BYTES,
  MAX_APPEND_EVENTS,
} from '#src/engine/event-store/append-bounds.js';
import { SOFT_DELETED } from '#src/engine/event-store/append-rule.js';

const event = (part: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'T',
  data: '',
  metadata: '',
  ...part,
});
const check = (...events: NewEvent[]): number =>
  checkAppend({ stream: 'a-1', expected: 'no_stream', events });

void t.test('measures the size of an append as the bytes of its data, metadata and type', (t) => {
  t.equal(check(event({ data: '作業', metadata: '{}', type: 'é' })), 6 + 2 + 2);
  const most = MAX_APPEND_BYTES - 1;
  for (const part of ['data', 'metadata'] as const) {
    t.equal(check(event({ [part]: 'x'.repeat(most) })), MAX_APPEND_BYTES, part);
    t.throws(
      () => check(event({ [part]: 'x'.repeat(most + 1) })),
      { code: 'MUSTER_E_APPEND_TOO_LARGE' },
      part,
    );
    t.throws(
      () => check(event({ [part]: '作'.repeat(most / 3 + 1) })),
      { code: 'MUSTER_E_APPEND_TOO_LARGE' },
      `${part} with multi-byte characters`,
    );
  }
  t.throws(
    () => check(event({ data: 'x'.repeat(most) }), event()),
    { code: 'MUSTER_E_APPEND_TOO_LARGE' },
    'the limit applies to the sum of all events',
  );
  t.equal(check(...Array.from({ length: MAX_APPEND_EVENTS }, () => event())), MAX_APPEND_EVENTS);
  t.throws(() => check(...Array.from({ length: MAX_APPEND_EVENTS + 1 }, () => event())), {
    code: 'MUSTER_E_APPEND_TOO_LARGE',
  });
  t.end();
});

void t.test('requires lower-case UUIDs, and reserves names with a dollar sign for the store', (t) => {
  for (const id of [randomUUID().toUpperCase(), randomUUID().slice(1), '', `${randomUUID()} `])
    t.throws(() => check(event({ id })), { code: 'MUSTER_E_INVALID' }, id);
  for (const type of ['$metadata', '$', ''])
    t.throws(() => check(event({ type })), { code: 'MUSTER_E_INVALID' }, type);
  for (const stream of ['$all', '$$a', '', 'a\0b', '\ud800', 'x'.repeat(513)])
    t.throws(
      () => checkAppend({ stream, expected: 'no_stream', events: [event()] }),
      { code: 'MUSTER_E_INVALID' },
      stream,
    );
  t.doesNotThrow(() => checkStream('x'.repeat(513)), 'other programs may have longer names in the log');
  t.throws(() => check(), { code: 'MUSTER_E_INVALID' }, 'an append without events is refused');
  t.end();
});

void t.test(
  'accepts only whole revisions from 0, and refuses to truncate at the revision reserved for soft deletes',
  (t) => {
    const problem = { code: 'MUSTER_E_INVALID', fields: { field: 'expected' } };
    for (const expected of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      t.throws(() => checkExpected(expected), problem, String(expected));
      t.throws(() => checkAppend({ stream: 'a-1', expected, events: [event()] }), problem, String(expected));
      t.throws(
        () => checkBefore(expected),
        { code: 'MUSTER_E_INVALID', fields: { field: 'before' } },
        String(expected),
      );
    }
    t.throws(() => checkBefore(SOFT_DELETED), { code: 'MUSTER_E_INVALID', fields: { field: 'before' } });
    for (const expected of ['no_stream', 0, 7] as const) t.doesNotThrow(() => checkExpected(expected));
    for (const before of [0, 7]) t.doesNotThrow(() => checkBefore(before));
    t.end();
  },
);
