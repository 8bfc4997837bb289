import t from 'tap';
import { createHash } from 'node:crypto';
import { v5 } from 'uuid';
import { eventIds, type IdentifiedAppend } from '#src/engine/commands/event-ids.js';

const append: IdentifiedAppend = {
  stream: 'job-a',
  expected: 3,
  writer: 'w',
  events: [
    { type: 'A', data: '{}' },
    { type: 'B', data: '{"x":1}' },
  ],
};

void t.test('derives the same ids for the same append, a different one for each event', async (t) => {
  const ids = eventIds(append);
  t.same(eventIds({ ...append }), ids);
  t.equal(new Set(ids).size, 2);
});

void t.test('derives ids as UUIDv5 of stream, expected revision, writer, digest and index', async (t) => {
  const named: IdentifiedAppend = {
    ...append,
    stream: 'job-ä€😀',
    events: Array.from({ length: 120 }, (_, index) => ({ type: 'A', data: `{"é":${index}}` })),
  };
  for (const each of [append, named]) {
    const digest = createHash('sha256');
    for (const { type, data } of each.events) digest.update(`${type.length}:${type}${data.length}:${data}`);
    const name = `${each.stream}\n${each.expected}\n${each.writer}\n${digest.digest('hex')}\n`;
    t.strictSame(
      eventIds(each),
      each.events.map((_, index) => v5(name + index, '6f0c1c52-5a0e-5f0b-9d3f-6d7573746572')),
    );
  }
});

void t.test('changes every id if any input differs', async (t) => {
  const others: IdentifiedAppend[] = [
    { ...append, stream: 'job-b' },
    { ...append, expected: 4 },
    { ...append, expected: 'no_stream' },
    { ...append, writer: 'v' },
    {
      ...append,
      events: [
        { type: 'A', data: '{}' },
        { type: 'B', data: '{"x":2}' },
      ],
    },
    { ...append, events: [{ type: 'A', data: '{}' }] },
    {
      ...append,
      events: [
        { type: 'A', data: '{}B' },
        { type: '', data: '{"x":1}' },
      ],
    },
  ];
  const all = [append, ...others].flatMap((each) => eventIds(each));
  t.equal(new Set(all).size, all.length);
});
