import t from 'tap';
import { compareRecords } from '#src/engine/snapshots/index.js';

const map = (records: object): Map<string, unknown> => new Map(Object.entries(records));

void t.test('accepts equal records in any order', async (t) => {
  t.strictSame(compareRecords('check', map({}), map({})), []);
  t.strictSame(
    compareRecords('check', map({ a: { x: 1, y: 2 }, b: 1 }), map({ b: 1, a: { y: 2, x: 1 } })),
    [],
  );
});

void t.test('reports missing, differing and extra records', async (t) => {
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

void t.test('lists at most a hundred findings, each with the beginning of the difference', async (t) => {
  const many = map(Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`r${index}`, 1])));
  t.equal(compareRecords('check', many, map({})).length, 100);
  t.equal(compareRecords('check', map({}), many).length, 100);
  const [finding] = compareRecords('check', map({ a: 'x'.repeat(5000) }), map({ a: 'y'.repeat(5000) }));
  t.equal(
    finding?.detail,
    `differs: the events give "${'x'.repeat(1999)}, the snapshot has "${'y'.repeat(1999)}`,
  );
});
