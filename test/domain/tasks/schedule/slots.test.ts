import t from 'tap';
import fc from 'fast-check';
import {
  newestSlot,
  nextSlot,
  parsePattern,
  slotsAfter,
  zoneOf,
  type Schedule,
  type Zone,
} from '#domain/tasks/schedule/index.js';

const HOUR = 3_600_000;

function zone(name: string): Zone {
  const found = zoneOf(name);
  if (found === undefined) throw new Error(`no zone ${name}`);
  return found;
}

function cron(text: string, name: string, rest: Partial<Schedule> = {}): Schedule {
  const pattern = parsePattern(text);
  if ('problem' in pattern) throw new Error(pattern.problem);
  return { pattern, zone: zone(name), ...rest };
}

function next(schedule: Schedule, after: string, count: number): string[] {
  const slots: string[] = [];
  for (const slot of slotsAfter(schedule, Date.parse(after))) {
    if (slots.length === count) break;
    slots.push(new Date(slot).toISOString().replace('.000Z', 'Z'));
  }
  return slots;
}

void t.test(
  'clocks put forward: slots that fall into the gap fire once, at the first instant after it',
  async (t) => {
    t.same(next(cron('30 2 * * *', 'Europe/Berlin'), '2026-03-28T00:00:00Z', 3), [
      '2026-03-28T01:30:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:30:00Z',
    ]);
    t.same(next(cron('15,45 2 * * *', 'Europe/Berlin'), '2026-03-28T12:00:00Z', 3), [
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:15:00Z',
      '2026-03-30T00:45:00Z',
    ]);
    t.same(next(cron('30 2 * * *', 'America/New_York'), '2026-03-07T12:00:00Z', 2), [
      '2026-03-08T07:00:00Z',
      '2026-03-09T06:30:00Z',
    ]);
    t.same(next(cron('15 2 * * *', 'Australia/Lord_Howe'), '2026-10-03T00:00:00Z', 2), [
      '2026-10-03T15:30:00Z',
      '2026-10-04T15:15:00Z',
    ]);
    t.same(next(cron('*/20 * * * *', 'Europe/Berlin'), '2026-03-29T00:30:00Z', 4), [
      '2026-03-29T00:40:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-29T01:20:00Z',
      '2026-03-29T01:40:00Z',
    ]);
  },
);

void t.test('clocks put back: a slot whose local time occurs twice fires the first time', async (t) => {
  t.same(next(cron('30 2 * * *', 'Europe/Berlin'), '2026-10-24T12:00:00Z', 2), [
    '2026-10-25T00:30:00Z',
    '2026-10-26T01:30:00Z',
  ]);
  t.same(next(cron('30 1 * * *', 'America/New_York'), '2026-10-31T12:00:00Z', 2), [
    '2026-11-01T05:30:00Z',
    '2026-11-02T06:30:00Z',
  ]);
  t.same(next(cron('45 1 * * *', 'Australia/Lord_Howe'), '2026-04-04T00:00:00Z', 2), [
    '2026-04-04T14:45:00Z',
    '2026-04-05T15:15:00Z',
  ]);
  t.same(next(cron('0,30 1,2,3 * * *', 'Europe/Berlin'), '2026-10-24T23:45:00Z', 4), [
    '2026-10-25T00:00:00Z',
    '2026-10-25T00:30:00Z',
    '2026-10-25T02:00:00Z',
    '2026-10-25T02:30:00Z',
  ]);
  t.same(
    next(cron('*/15 2 * * *', 'Europe/Berlin'), '2026-10-24T23:45:00Z', 5).at(-1),
    '2026-10-26T01:00:00Z',
    'a fixed hour fires once, whatever its minutes',
  );
  t.same(
    next(cron('*/15 2-2 * * *', 'Europe/Berlin'), '2026-10-24T23:45:00Z', 5).at(-1),
    '2026-10-26T01:00:00Z',
    'a range of one hour counts as a fixed hour',
  );
  t.same(
    next(cron('@daily', 'America/Havana'), '2025-11-01T12:00:00Z', 2),
    ['2025-11-02T04:00:00Z', '2025-11-03T05:00:00Z'],
    'a midnight that occurs twice fires once',
  );
  t.same(
    next(cron('30 2 * * *', 'Europe/Berlin'), '2026-10-25T01:10:00Z', 1),
    ['2026-10-26T01:30:00Z'],
    'a search from within the repeated hour finds the next day',
  );
});

void t.test('clocks put back: a pattern for a fixed interval continues without a gap', async (t) => {
  const every = (minutes: number, from: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) =>
      new Date(Date.parse(from) + index * minutes * 60_000).toISOString().replace('.000Z', 'Z'),
    );
  t.same(
    next(cron('*/15 * * * *', 'Europe/Berlin'), '2027-10-30T23:59:00Z', 16),
    every(15, '2027-10-31T00:00:00Z', 16),
  );
  t.same(
    next(cron('* * * * *', 'America/New_York'), '2026-11-01T04:59:30Z', 240),
    every(1, '2026-11-01T05:00:00Z', 240),
  );
  t.same(
    next(cron('@hourly', 'Europe/Berlin'), '2026-10-24T23:30:00Z', 4),
    every(60, '2026-10-25T00:00:00Z', 4),
  );
  t.same(
    next(cron('17 * * * *', 'America/Santiago'), '2026-04-05T00:30:00Z', 6),
    every(60, '2026-04-05T01:17:00Z', 6),
  );
  t.same(next(cron('*/10 * * * * *', 'Europe/Berlin'), '2026-10-25T00:59:45Z', 3), [
    '2026-10-25T00:59:50Z',
    '2026-10-25T01:00:00Z',
    '2026-10-25T01:00:10Z',
  ]);
  t.same(
    next(cron('* * * * * *', 'Europe/Berlin'), '2026-10-25T01:30:00Z', 1),
    ['2026-10-25T01:30:01Z'],
    'a search from within the repeated hour continues there',
  );
  t.same(
    next(cron('*/15 * * * *', 'Australia/Lord_Howe'), '2026-04-04T14:20:00Z', 8),
    every(15, '2026-04-04T14:30:00Z', 8),
  );
  t.same(
    next(cron('*/15 * * * *', 'Africa/Casablanca'), '2026-02-15T00:50:00Z', 12),
    every(15, '2026-02-15T01:00:00Z', 12),
  );
  t.same(
    next(cron('*/20 1-3 * * *', 'Europe/Berlin'), '2026-10-24T22:50:00Z', 12),
    every(20, '2026-10-24T23:00:00Z', 12),
    'an interval may be restricted to some hours',
  );
  t.same(next(cron('0 */2 * * *', 'Europe/Berlin'), '2026-10-24T23:30:00Z', 3), [
    '2026-10-25T00:00:00Z',
    '2026-10-25T01:00:00Z',
    '2026-10-25T03:00:00Z',
  ]);
});

void t.test('clocks put forward: a pattern for a fixed interval continues and loses no slot', async (t) => {
  t.same(next(cron('5 * * * *', 'Europe/Berlin'), '2026-03-28T23:30:00Z', 3), [
    '2026-03-29T00:05:00Z',
    '2026-03-29T01:05:00Z',
    '2026-03-29T02:05:00Z',
  ]);
  t.same(next(cron('*/15 * * * *', 'Australia/Lord_Howe'), '2026-10-03T15:10:00Z', 3), [
    '2026-10-03T15:15:00Z',
    '2026-10-03T15:30:00Z',
    '2026-10-03T15:45:00Z',
  ]);
  t.same(next(cron('45 * * * *', 'Africa/Casablanca'), '2026-03-22T01:00:00Z', 3), [
    '2026-03-22T01:45:00Z',
    '2026-03-22T02:45:00Z',
    '2026-03-22T03:45:00Z',
  ]);
  t.same(next(cron('30 1-4 * * *', 'Europe/Berlin'), '2026-03-28T23:00:00Z', 3), [
    '2026-03-29T00:30:00Z',
    '2026-03-29T01:30:00Z',
    '2026-03-29T02:30:00Z',
  ]);
  t.same(next(cron('0 */2 * * *', 'Europe/Berlin'), '2026-03-28T22:30:00Z', 3), [
    '2026-03-28T23:00:00Z',
    '2026-03-29T01:00:00Z',
    '2026-03-29T02:00:00Z',
  ]);
  t.same(
    next(cron('30 0-23/2 29 3 *', 'Europe/Berlin'), '2025-03-29T23:00:00Z', 3),
    ['2026-03-28T23:30:00Z', '2026-03-29T01:00:00Z', '2026-03-29T02:30:00Z'],
    'slots are found a year ahead',
  );
});

void t.test('slots are found on 29 February, and none on days that do not exist', async (t) => {
  t.same(next(cron('0 0 29 2 *', 'UTC'), '2026-01-01T00:00:00Z', 2), [
    '2028-02-29T00:00:00Z',
    '2032-02-29T00:00:00Z',
  ]);
  t.equal(nextSlot(cron('0 0 31 2 *', 'UTC'), Date.parse('2026-01-01T00:00:00Z')), undefined);
});

void t.test('all slots are between the start and the end, including the single run', async (t) => {
  const [startAt, endAt, runAt] = [
    '2026-01-02T00:00:00Z',
    '2026-01-03T00:00:00Z',
    '2026-01-02T12:00:00Z',
  ].map((text) => Date.parse(text));
  if (startAt === undefined || endAt === undefined || runAt === undefined) throw new Error('three are given');
  t.same(next(cron('@daily', 'UTC', { startAt, endAt }), '2026-01-01T00:00:00Z', 9), [
    '2026-01-02T00:00:00Z',
    '2026-01-03T00:00:00Z',
  ]);
  t.same(next(cron('@daily', 'UTC', { startAt, endAt, runAt }), '2026-01-01T00:00:00Z', 9), [
    '2026-01-02T00:00:00Z',
    '2026-01-02T12:00:00Z',
    '2026-01-03T00:00:00Z',
  ]);
  t.same(next({ zone: zone('UTC'), runAt }, '2026-01-01T00:00:00Z', 9), ['2026-01-02T12:00:00Z']);
  t.same(next({ zone: zone('UTC'), runAt }, '2026-01-02T12:00:00Z', 9), [], 'no slot follows the single run');
  t.same(
    next({ zone: zone('UTC'), runAt: endAt, endAt: runAt }, '2026-01-01T00:00:00Z', 9),
    [],
    'a single run after the end is not a slot',
  );
  t.same(
    next(cron('@daily', 'UTC', { runAt: startAt }), '2026-01-01T12:00:00Z', 1),
    ['2026-01-02T00:00:00Z'],
    'a slot of both the pattern and the single run fires once',
  );
});

void t.test('the newest slot of a span is found without enumerating the earlier ones', async (t) => {
  const year = [Date.parse('2025-06-01T00:00:00Z'), Date.parse('2026-06-01T00:00:00.5Z')] as const;
  t.equal(newestSlot(cron('* * * * * *', 'Europe/Berlin'), ...year), Date.parse('2026-06-01T00:00:00Z'));
  t.equal(
    newestSlot(cron('0 0 29 2 *', 'UTC'), Date.parse('2024-01-01T00:00:00Z'), year[1]),
    Date.parse('2024-02-29T00:00:00Z'),
  );
  t.equal(newestSlot(cron('0 0 29 2 *', 'UTC'), ...year), undefined);
  t.equal(
    newestSlot(cron('@daily', 'UTC'), Date.parse('2026-01-01T00:00:00Z'), Date.parse('2026-01-02T00:00:00Z')),
    Date.parse('2026-01-02T00:00:00Z'),
    'the end of the span is included',
  );
  t.equal(
    newestSlot(cron('@daily', 'UTC'), Date.parse('2026-01-01T00:00:00Z'), Date.parse('2026-01-01T23:59:59Z')),
    undefined,
    'the beginning of the span is excluded',
  );
  const walked = (schedule: Schedule, after: number, until: number): number | undefined => {
    let newest: number | undefined;
    for (const slot of slotsAfter(schedule, after))
      if (slot <= until) newest = slot;
      else break;
    return newest;
  };
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 59 }),
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 0, max: 72 * 60 }),
      fc.integer({ min: 1, max: 72 * 60 }),
      (m, h, from, long) => {
        const schedule = cron(`${m} ${h},${(h * 7) % 24} * * *`, 'Europe/Berlin');
        const after = Date.parse('2026-03-27T12:00:00Z') + from * 60_000;
        t.equal(
          newestSlot(schedule, after, after + long * 60_000),
          walked(schedule, after, after + long * 60_000),
        );
      },
    ),
    { numRuns: 100 },
  );
});

/** An independent computation of the slots: reads the wall clock for each minute of a span. */
function enumerated(
  name: string,
  minutes: readonly number[],
  hours: readonly number[],
  from: number,
  to: number,
): number[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short', timeStyle: 'short' });
  const wallOf = (instant: number): number => Date.parse(`${format.format(instant).replace(' ', 'T')}:00Z`);
  const wanted = (wall: number): boolean =>
    minutes.includes(new Date(wall).getUTCMinutes()) && hours.includes(new Date(wall).getUTCHours());
  const slots: number[] = [];
  let highest = wallOf(from - 3 * HOUR);
  for (let instant = from - 3 * HOUR; instant < to; instant += 60_000) {
    const wall = wallOf(instant);
    let due = false;
    // Wall times shown for the first time, and those that were skipped before.
    for (let shown = highest + 60_000; shown <= wall; shown += 60_000) due ||= wanted(shown);
    highest = Math.max(highest, wall);
    if (due && instant > from) slots.push(instant);
  }
  return slots;
}

/** For hourly patterns: each minute whose wall time matches, including repeated ones. */
function everyHour(name: string, minutes: readonly number[], from: number, to: number): number[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: name, timeStyle: 'short' });
  const slots: number[] = [];
  for (let instant = from + 60_000; instant < to; instant += 60_000)
    if (minutes.includes(Number(format.format(instant).slice(3)))) slots.push(instant);
  return slots;
}

void t.test('around clock changes, slots equal those of an independent enumeration', async (t) => {
  const changes = [
    ['Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', '2026-10-25T01:00:00Z'],
    ['America/New_York', '2026-03-08T07:00:00Z'],
    ['America/New_York', '2026-11-01T06:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
    ['Asia/Kathmandu', '2026-04-04T15:00:00Z'],
    ['Africa/Casablanca', '2026-02-15T02:00:00Z'],
    ['Africa/Casablanca', '2026-03-22T02:00:00Z'],
    ['America/Havana', '2025-11-02T05:00:00Z'],
    ['America/Santiago', '2026-09-06T04:00:00Z'],
    ['Africa/Cairo', '2026-04-23T22:00:00Z'],
  ] as const;
  const some = (max: number) => fc.uniqueArray(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.constantFrom(...changes),
      some(59),
      fc.oneof(some(3), some(23)),
      fc.integer({ min: -300, max: 60 }),
      ([name, change], minutes, hours, offset) => {
        const from = Date.parse(change) + offset * 60_000;
        const to = from + 8 * HOUR;
        const found: number[] = [];
        for (const slot of slotsAfter(cron(`${minutes.join(',')} ${hours.join(',')} * * *`, name), from)) {
          if (slot >= to) break;
          found.push(slot);
        }
        const going: number[] = [];
        for (const slot of slotsAfter(cron(`${minutes.join(',')} * * * *`, name), from)) {
          if (slot >= to) break;
          going.push(slot);
        }
        t.same(
          going,
          everyHour(name, minutes, from, to),
          `${name} ${minutes.join(',')} of each hour after ${new Date(from).toISOString()}`,
        );
        t.same(
          found,
          enumerated(name, minutes, hours, from, to),
          `${name} ${minutes.join(',')} ${hours.join(',')} after ${new Date(from).toISOString()}`,
        );
      },
    ),
    { numRuns: 300 },
  );
});
