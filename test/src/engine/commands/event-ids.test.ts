import t from 'tap';
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

void t.test('the same append has the same ids, all different', async (t) => {
  const ids = eventIds(append);
  t.same(eventIds({ ...append }), ids);
  t.equal(new Set(ids).size, 2);
});

void t.test('whatever differs, every id differs', async (t) => {
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
