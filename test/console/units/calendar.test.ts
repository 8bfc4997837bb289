import t from 'tap';
import type * as Days from '../../../console/parts/time/days.js';
import type * as SlotsOf from '../../../console/rooms/tasks/slots.js';
import { loadConsole } from '../fixtures/load.js';

const { addMonths, dayByKey, dayOf, isDay, startOfDay, weeksOfMonth } =
  await loadConsole<typeof Days>('parts/time/days.ts');
const { outcomesOf, slotOfPlan, slotOfRun, slotOfSkipped, slotsByDay, summaryOf } =
  await loadConsole<typeof SlotsOf>('rooms/tasks/slots.ts');

const HOUR_MS = 3_600_000;

void t.test('a month is shown in whole weeks that start on Monday', async (t) => {
  const november = weeksOfMonth('2026-11-27');
  t.equal(november.length, 6);
  t.same(november[0], [
    '2026-10-26',
    '2026-10-27',
    '2026-10-28',
    '2026-10-29',
    '2026-10-30',
    '2026-10-31',
    '2026-11-01',
  ]);
  t.equal(november.at(-1)?.at(-1), '2026-12-06');
  t.equal(weeksOfMonth('2027-02-14').length, 4, 'a February that starts on a Monday has four weeks');
  t.equal(weeksOfMonth('2028-02-14').flat().includes('2028-02-29'), true);
});

void t.test('a day starts at midnight in its time zone, and is 23 to 25 hours long', async (t) => {
  const start = (day: string, zone: string): string => new Date(startOfDay(day, zone)).toISOString();
  const hours = (day: string, next: string, zone: string): number =>
    (startOfDay(next, zone) - startOfDay(day, zone)) / HOUR_MS;
  t.equal(start('2026-11-27', 'UTC'), '2026-11-27T00:00:00.000Z');
  t.equal(start('2026-11-27', 'Asia/Kathmandu'), '2026-11-26T18:15:00.000Z');
  t.equal(
    start('2026-11-27', 'Pacific/Kiritimati'),
    '2026-11-26T10:00:00.000Z',
    'the time zone is 14 hours ahead of UTC',
  );
  t.equal(
    start('2026-11-27', 'Pacific/Pago_Pago'),
    '2026-11-27T11:00:00.000Z',
    'the time zone is 11 hours behind UTC',
  );
  t.equal(hours('2026-03-29', '2026-03-30', 'Europe/Berlin'), 23);
  t.equal(hours('2026-10-25', '2026-10-26', 'Europe/Berlin'), 25);
  t.equal(
    start('2018-11-04', 'America/Sao_Paulo'),
    '2018-11-04T03:00:00.000Z',
    'the day starts at 01:00, because it has no midnight',
  );
  t.equal(hours('2011-12-29', '2011-12-31', 'Pacific/Apia'), 24, 'Samoa skipped the day in between');
  t.equal(
    dayOf(Date.parse('2026-10-25T23:30:00Z'), 'Europe/Berlin'),
    '2026-10-26',
    'it is already the next day in winter time',
  );
});

void t.test('keys move between days, also across months and years', async (t) => {
  t.equal(dayByKey('2026-11-30', 'ArrowRight'), '2026-12-01');
  t.equal(dayByKey('2026-01-01', 'ArrowLeft'), '2025-12-31');
  t.equal(dayByKey('2026-03-01', 'ArrowUp'), '2026-02-22');
  t.equal(dayByKey('2026-11-27', 'Home'), '2026-11-23');
  t.equal(dayByKey('2026-11-27', 'End'), '2026-11-29');
  t.equal(dayByKey('2026-03-31', 'PageUp'), '2026-02-28', 'the last day of a shorter month is selected');
  t.equal(addMonths('2026-12-31', 2), '2027-02-28');
  t.equal(dayByKey('2026-11-27', 'a'), undefined);
  t.same(
    [isDay('2026-11-27'), isDay('2026-02-30'), isDay('soon'), isDay(undefined)],
    [true, false, false, false],
  );
});

const RUN = {
  id: 7,
  status: 'failed',
  trigger: 'schedule',
  slot: '2026-11-26T20:00:00Z',
  created_at: '2026-11-26T20:00:00.200Z',
  reason: 'exited',
  exit_code: 4,
  message: 'exited with code 4',
} as unknown as SlotsOf.Run;
const MISSED = {
  status: 'skipped',
  slot: '2026-11-24T10:00:00Z',
  until: '2026-11-26T10:00:00Z',
  count: 49,
  reason: 'missed',
  created_at: '2026-11-26T10:00:05Z',
} as const;

void t.test('slots are grouped by day in the time zone, with their reasons', async (t) => {
  const slots = [slotOfPlan('2026-11-27T20:00:00Z'), slotOfRun(RUN), slotOfSkipped(MISSED)];
  const days = slotsByDay(slots, 'Asia/Kathmandu', '2026-11-25', '2026-12-06');
  t.same([...days.keys()], ['2026-11-25', '2026-11-26', '2026-11-27', '2026-11-28']);
  t.same(outcomesOf(days.get('2026-11-26') ?? []), [{ status: 'missed', count: 1, more: true }]);
  t.equal(
    summaryOf(days.get('2026-11-26') ?? []),
    '1 or more missed\nmissed: No server scheduled it in time.',
  );
  t.equal(summaryOf(days.get('2026-11-27') ?? []), '1 failed\nfailed: It exited with code 4.');
  t.equal(summaryOf(days.get('2026-11-28') ?? []), '1 planned');
  t.equal(
    slotOfRun({ ...RUN, status: 'timeout', reason: 'timeout', exit_code: null, message: 'ended after 5 s' })
      .reason,
    'ended after 5 s.',
  );
  t.equal(summaryOf([]), 'nothing scheduled');
});

void t.test('the summary of a day counts every slot of a skipped range', async (t) => {
  const paused = { ...MISSED, slot: '2026-11-26T08:00:00Z', count: 3, reason: 'paused' } as const;
  const day = slotsByDay([slotOfSkipped(paused), slotOfRun(RUN)], 'UTC', '2026-11-01', '2026-11-30').get(
    '2026-11-26',
  );
  t.equal(
    summaryOf(day ?? []),
    '3 skipped, 1 failed\nskipped: The task was paused.\nfailed: It exited with code 4.',
  );
});
