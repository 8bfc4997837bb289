import fc from 'fast-check';
import t from 'tap';
import { dayAt, zoneOf, type Zone } from '#domain/tasks/schedule/index.js';

const zone = (name: string): Zone => {
  const found = zoneOf(name);
  if (found === undefined) throw new Error(`this Node has no zone ${name}`);
  return found;
};
const day = (name: string, at: string): readonly string[] => {
  const { from, to } = dayAt(zone(name), Date.parse(at));
  return [from, to].map((each) => new Date(each).toISOString().slice(0, 16));
};

void t.test('a day begins when local time is midnight', async (t) => {
  t.same(day('UTC', '2026-11-22T23:59:59.999Z'), ['2026-11-22T00:00', '2026-11-23T00:00']);
  t.same(day('UTC', '2026-11-23T00:00:00Z'), ['2026-11-23T00:00', '2026-11-24T00:00']);
  t.same(day('Asia/Kathmandu', '2026-11-22T18:14:59Z'), ['2026-11-21T18:15', '2026-11-22T18:15']);
  t.same(day('Asia/Kathmandu', '2026-11-22T18:15:00Z'), ['2026-11-22T18:15', '2026-11-23T18:15']);
});

void t.test('a day on which the clocks change is longer or shorter', async (t) => {
  t.same(day('America/New_York', '2026-11-01T12:00:00Z'), ['2026-11-01T04:00', '2026-11-02T05:00']);
  t.same(day('America/New_York', '2026-03-08T12:00:00Z'), ['2026-03-08T05:00', '2026-03-09T04:00']);
  t.same(day('Australia/Lord_Howe', '2026-04-05T00:00:00Z'), ['2026-04-04T13:00', '2026-04-05T13:30']);
});

void t.test(
  'a day without midnight begins right after the gap; a day with two midnights begins at the first',
  async (t) => {
    t.same(day('Africa/Cairo', '2026-04-24T09:00:00Z'), ['2026-04-23T22:00', '2026-04-24T21:00']);
    t.same(day('America/Havana', '2025-11-02T12:00:00Z'), ['2025-11-02T04:00', '2025-11-03T05:00']);
    t.same(day('America/Havana', '2025-11-02T05:30:00Z'), ['2025-11-02T04:00', '2025-11-03T05:00']);
  },
);

void t.test(
  'in every zone each moment from 2024 to 2029 is within its day, and days begin at quarter hours',
  async () => {
    const from = Date.UTC(2024, 0, 1);
    fc.assert(
      fc.property(
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        fc.integer({ min: from, max: Date.UTC(2030, 0, 1) }),
        (name, at) => {
          const found = dayAt(zone(name), at);
          return (
            found.from <= at && at < found.to && [found.from, found.to].every((each) => each % 900_000 === 0)
          );
        },
      ),
      { numRuns: 5000 },
    );
  },
);
