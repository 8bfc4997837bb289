import t from 'tap';
import { compareRecords } from '#src/engine/snapshots/index.js';

const map = (records: object): Map<string, unknown> => new Map(Object.entries(records));

void t.test(
  'equal records are no finding, in whichever order their fields and they themselves stand',
  async (t) => {
    t.strictSame(compareRecords('check', map({}), map({})), []);
    t.strictSame(
      compareRecords('check', map({ a: { x: 1, y: 2 }, b: 1 }), map({ b: 1, a: { y: 2, x: 1 } })),
      [],
    );
  },
);

void t.test('what is missing, what differs and what is too much is named', async (t) => {
  t.strictSame(
    compareRecords(
      'check',
      map({ missing: 1, other: { x: 1 }, same: 1 }),
      map({ same: 1, other: { x: 2 }, more: 1 }),
    ),
    [
      { check: 'check', subject: 'missing', detail: 'is missing from the snapshot' },
      {
        check: 'check',
        subject: 'other',
        detail: 'differs: the events give {"x":1}, the snapshot has {"x":2}',
      },
      { check: 'check', subject: 'more', detail: 'is in the snapshot, but not in the events' },
    ],
  );
});

void t.test('a hundred findings are enough, and each shows the beginning of what differs', async (t) => {
  const many = map(Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`r${index}`, 1])));
  t.equal(compareRecords('check', many, map({})).length, 100);
  t.equal(compareRecords('check', map({}), many).length, 100);
  const [finding] = compareRecords('check', map({ a: 'x'.repeat(5000) }), map({ a: 'y'.repeat(5000) }));
  t.equal(
    finding?.detail,
    `differs: the events give "${'x'.repeat(1999)}, the snapshot has "${'y'.repeat(1999)}`,
  );
});
