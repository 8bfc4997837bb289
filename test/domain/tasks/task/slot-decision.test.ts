import t from 'tap';
import { changedZones, ZONES } from '#domain/tasks/schedule/index.js';
import { movedSlot, type Timed } from '#domain/tasks/task/index.js';
import { plainTask } from '../../../fixtures/plain-task.js';

const minutes = (at: string): string => ((Date.parse(at) - Date.UTC(2000, 0)) / 60_000).toString(36);
/** Casablanca as in the data of 2025 at this time of the year, and a Tokyo that changes its clocks in the spring of 2027. */
const FORMER = changedZones({
  '60|0|': 'Africa/Casablanca',
  [`540 600|01|${minutes('2027-03-01T00:00Z')}`]: 'Asia/Tokyo',
});
const task = (timezone: string, pattern: string, changes: Partial<Timed> = {}): Timed => ({
  status: 'active',
  definition: plainTask({}, { timezone, pattern }),
  decidedUntil: Date.parse('2026-11-29T00:00Z'),
  ran: [],
  held: false,
  ...changes,
});
const moved = (before: string, at: string) => ({ before: Date.parse(before), at: Date.parse(at) });

void t.test('the slot that other zone data move is found, now or within a year', async (t) => {
  t.same(
    movedSlot(task('Africa/Casablanca', '0 12 * * *'), FORMER),
    moved('2026-11-29T11:00Z', '2026-11-29T12:00Z'),
  );
  t.same(
    movedSlot(task('asia/tokyo', '0 12 * * *'), FORMER),
    moved('2027-03-01T02:00Z', '2027-03-01T03:00Z'),
    'new rules apply later, and names have no case',
  );
  const endAt = Date.parse('2026-11-29T11:30Z');
  const once = plainTask({}, { timezone: 'Africa/Casablanca', pattern: '0 12 * * *', endAt });
  t.same(
    movedSlot(task('', '', { definition: once }), FORMER),
    { before: Date.parse('2026-11-29T11:00Z'), at: null },
    'it no longer fires before its end',
  );
});

void t.test('the search for a moved slot ends at the first', (t) => {
  const casablanca = FORMER.get('africa/casablanca');
  let looked = 0;
  const watched = casablanca && {
    ...casablanca,
    momentOf: (wall: number) => {
      looked += 1;
      return casablanca.momentOf(wall);
    },
  };
  const former = new Map(watched && [['africa/casablanca', watched]]);
  t.ok(movedSlot(task('Africa/Casablanca', '0 12 * * *'), former));
  t.equal(looked, 1);
  t.end();
});

void t.test('no slot moves without a schedule by the hour, in a zone that did not change', async (t) => {
  for (const [zone, pattern] of [
    ['Africa/Casablanca', '*/5 * * * *'],
    ['Europe/Berlin', '0 12 * * *'],
    ['UTC', '0 12 * * *'],
  ] as const)
    t.equal(movedSlot(task(zone, pattern), FORMER), undefined, `${pattern} ${zone}`);
  t.equal(movedSlot(task('Africa/Casablanca', '0 12 * * *', { status: 'paused' }), FORMER), undefined);
  t.equal(changedZones(ZONES).size, 0, 'the data have not changed since themselves');
});
