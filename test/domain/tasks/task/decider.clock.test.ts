import t from 'tap';
import {
  tasks,
  type PresentTask,
  type TaskCommand,
  type TaskEvent,
  type Timing,
} from '#domain/tasks/task/index.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { specify } from '../../kernel/event/decider-specification.js';

const at = (text: string): number => Date.parse(text);
const MINUTE = 60_000;
const created = (timing: Partial<Timing>): TaskEvent => ({
  type: 'TaskCreated',
  data: {
    taskId: 7,
    nameReservation: 'n1',
    tenantId: 't1',
    createdBy: 'u1',
    definition: plainTask({}, { concurrency: 'allow', ...timing }),
  },
});

/** The decisions of a server that checks the clock at this interval, between two moments. */
function decisions(timing: Partial<Timing>, from: string, until: string, every: number): readonly string[] {
  const { given } = specify(tasks, { moments: () => at(from) });
  const looks: TaskCommand[] = [];
  for (let now = at(from); now <= at(until); now += every)
    looks.push({ kind: 'decideSlots', taskId: 7, now, permitted: true });
  return given(created(timing))
    .when(...looks)
    .outcome.events.flatMap(({ type, data }) => (type === 'TaskSlotDecided' ? [data] : []))
    .map((data) =>
      data.decision === 'run'
        ? iso(data.slot)
        : `${data.reason} ${iso(data.slot)} ${iso(data.until)} ${data.count}`,
    );
}

function iso(moment: number): string {
  return new Date(moment).toISOString().replace(':00.000Z', 'Z');
}

void t.test('each slot runs once when clocks are put forward or back', async (t) => {
  for (const [zone, pattern, from, until, ...slots] of [
    [
      'Europe/Berlin',
      '30 2 * * *',
      '2026-03-28T00:00Z',
      '2026-03-30T12:00Z',
      '2026-03-28T01:30Z',
      '2026-03-29T01:00Z',
      '2026-03-30T00:30Z',
    ],
    [
      'Europe/Berlin',
      '30 2 * * *',
      '2026-10-24T00:00Z',
      '2026-10-26T12:00Z',
      '2026-10-24T00:30Z',
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
    ],
    [
      'America/New_York',
      '30 2 * * *',
      '2026-03-07T00:00Z',
      '2026-03-09T12:00Z',
      '2026-03-07T07:30Z',
      '2026-03-08T07:00Z',
      '2026-03-09T06:30Z',
    ],
    [
      'America/New_York',
      '30 1 * * *',
      '2026-10-31T00:00Z',
      '2026-11-02T12:00Z',
      '2026-10-31T05:30Z',
      '2026-11-01T05:30Z',
      '2026-11-02T06:30Z',
    ],
    [
      'Australia/Lord_Howe',
      '15 2 * * *',
      '2026-10-03T00:00Z',
      '2026-10-05T00:00Z',
      '2026-10-03T15:30Z',
      '2026-10-04T15:15Z',
    ],
    [
      'Australia/Lord_Howe',
      '45 1 * * *',
      '2026-04-03T20:00Z',
      '2026-04-06T00:00Z',
      '2026-04-04T14:45Z',
      '2026-04-05T15:15Z',
    ],
    ['UTC', '0 12 29 2 *', '2028-02-28T00:00Z', '2028-03-02T00:00Z', '2028-02-29T12:00Z'],
    ['UTC', '0 12 29 2 *', '2027-02-27T00:00Z', '2027-03-02T00:00Z'],
  ] as const) {
    t.same(
      decisions({ pattern, timezone: zone }, from, until, 15 * MINUTE),
      slots,
      `${zone} ${pattern} from ${from}`,
    );
  }
});

void t.test(
  'a schedule that repeats every few minutes or every hour continues through a change of clocks',
  async (t) => {
    for (const [zone, pattern, from, minutes, count] of [
      ['Europe/Berlin', '*/15 * * * *', '2027-10-31T00:00Z', 15, 16],
      ['Europe/Berlin', '* * * * *', '2026-10-25T00:30Z', 1, 120],
      ['Australia/Lord_Howe', '*/10 * * * *', '2026-04-04T14:00Z', 10, 12],
      ['Africa/Casablanca', '@hourly', '2026-02-15T00:00Z', 60, 5],
      ['Europe/Berlin', '*/20 * * * *', '2026-03-29T00:00Z', 20, 9],
    ] as const) {
      const slots = Array.from({ length: count }, (_, index) => iso(at(from) + index * minutes * MINUTE));
      t.same(
        decisions(
          { pattern, timezone: zone },
          iso(at(from) - 1),
          iso(at(from) + (count - 1) * minutes * MINUTE),
          MINUTE / 2,
        ),
        slots.slice(0, -1),
        zone,
      );
    }
  },
);

void t.test(
  'a server that was down during a clock change runs the newest slot and reports the others',
  async (t) => {
    const hourly = { pattern: '0 * * * *', timezone: 'Europe/Berlin' };
    // On a day of 23 hours one wall-clock hour is skipped; on one of 25 it occurs twice.
    t.same(decisions(hourly, '2026-03-28T22:30Z', '2026-03-29T22:30Z', 24 * 60 * MINUTE), [
      'missed 2026-03-28T23:00Z 2026-03-29T21:00Z 23',
      '2026-03-29T22:00Z',
    ]);
    t.same(decisions(hourly, '2026-10-24T21:30Z', '2026-10-25T22:30Z', 25 * 60 * MINUTE), [
      'missed 2026-10-24T22:00Z 2026-10-25T21:00Z 24',
      '2026-10-25T22:00Z',
    ]);
    t.same(
      decisions({ ...hourly, misfire: 'skip' }, '2026-03-28T22:30Z', '2026-03-29T22:30Z', 24 * 60 * MINUTE),
      ['missed 2026-03-28T23:00Z 2026-03-29T21:00Z 23', 'missed 2026-03-29T22:00Z 2026-03-29T22:00Z 1'],
    );
  },
);

void t.test(
  'a server whose clock is an hour slow decides no slot twice, and continues where another server stopped',
  async (t) => {
    const { given } = specify(tasks, { moments: () => at('2026-01-01T00:00Z') });
    const looks = ['01:00', '02:00', '01:00', '01:30', '02:00', '02:59', '03:00', '03:01'].map(
      (time): TaskCommand => ({
        kind: 'decideSlots',
        taskId: 7,
        now: at(`2026-01-01T${time}Z`),
        permitted: true,
      }),
    );
    const { events } = given(created({ pattern: '*/30 * * * *' })).when(...looks).outcome;
    const ran = events.flatMap(({ type, data }) =>
      type === 'TaskSlotDecided' && data.decision === 'run' ? [iso(data.slot)] : [],
    );
    t.same(ran, ['2026-01-01T01:00Z', '2026-01-01T02:00Z', '2026-01-01T02:30Z', '2026-01-01T03:00Z']);
  },
);

/** Executes commands at the given times, and returns the slots that they decided, in order. */
function told(
  timing: Partial<Timing>,
  ...commands: readonly (readonly [
    text: string,
    command: 'decideSlots' | 'clockWentBack' | 'paused' | 'active',
  ])[]
) {
  const { given } = specify(tasks, { moments: () => at('2026-01-01T00:00Z') });
  const asked = commands.map(([text, command]): TaskCommand => {
    const moment = { taskId: 7, now: at(text), permitted: true };
    if (command === 'clockWentBack') return { kind: command, taskId: 7, now: moment.now, toleranceMs: 0 };
    return command === 'decideSlots'
      ? { kind: command, ...moment }
      : { kind: 'setStatus', status: command, ...moment };
  });
  const { events } = given(created(timing)).when(...asked).outcome;
  return events.flatMap(({ type, data }) =>
    type === 'TaskSlotDecided'
      ? [data.decision === 'run' ? iso(data.slot) : `${data.reason} ${iso(data.slot)} ${iso(data.until)}`]
      : [],
  );
}

void t.test(
  'after a clock that was ahead is set back, slots are decided at once, and none runs twice',
  async (t) => {
    const looks = (...times: string[]) => times.map((text) => [text, 'decideSlots'] as const);
    t.same(
      told(
        { pattern: '0 * * * *' },
        ...looks('2026-01-01T01:00Z', '2027-01-01T02:00Z', '2027-01-01T03:00Z'),
        ['2026-01-01T01:10Z', 'clockWentBack'],
        ...looks(
          '2026-01-01T02:00Z',
          '2026-01-01T03:00Z',
          '2027-01-01T01:00Z',
          '2027-01-01T02:00Z',
          '2027-01-01T03:00Z',
          '2027-01-01T04:00Z',
        ),
      ),
      [
        '2026-01-01T01:00Z',
        'missed 2026-01-01T02:00Z 2027-01-01T01:00Z',
        '2027-01-01T02:00Z',
        '2027-01-01T03:00Z',
        '2026-01-01T02:00Z',
        '2026-01-01T03:00Z',
        'missed 2026-01-01T04:00Z 2027-01-01T00:00Z',
        '2027-01-01T01:00Z',
        '2027-01-01T04:00Z',
      ],
      'the clock was a year ahead',
    );
    t.same(
      told(
        { pattern: '* * * * *' },
        ...looks('2026-01-01T00:01Z', '2026-01-01T00:02Z', '2026-01-01T00:03Z'),
        ['2026-01-01T00:01Z', 'clockWentBack'],
        ...looks('2026-01-01T00:02Z', '2026-01-01T00:03Z', '2026-01-01T00:04Z'),
      ),
      ['2026-01-01T00:01Z', '2026-01-01T00:02Z', '2026-01-01T00:03Z', '2026-01-01T00:04Z'],
      'no slot runs again after the clock was two minutes ahead',
    );
  },
);

void t.test('a resumed or rescheduled task no longer waits for a clock that was ahead', async (t) => {
  t.same(
    told(
      { pattern: '0 * * * *' },
      ['2027-01-01T02:00Z', 'decideSlots'],
      ['2026-01-01T02:10Z', 'paused'],
      ['2026-01-01T02:20Z', 'active'],
      ['2026-01-01T03:00Z', 'decideSlots'],
    ).slice(1),
    ['2027-01-01T02:00Z', '2026-01-01T03:00Z'],
  );
  const { given } = specify(tasks, { moments: () => at('2026-01-01T00:00Z') });
  const moment = (text: string) => ({ taskId: 7, now: at(text), permitted: true });
  const { events } = given(created({ pattern: '0 * * * *' })).when(
    { kind: 'decideSlots', ...moment('2027-01-01T02:00Z') },
    {
      kind: 'update',
      definition: plainTask({}, { concurrency: 'allow', pattern: '30 * * * *' }),
      nameReservation: 'n1',
      ...moment('2026-01-01T02:10Z'),
    },
    { kind: 'decideSlots', ...moment('2026-01-01T02:30Z') },
  ).outcome;
  t.match(events.at(-1), {
    type: 'TaskSlotDecided',
    data: { decision: 'run', slot: at('2026-01-01T02:30Z') },
  });
});

void t.test(
  'slots forbidden by a long run are recorded in two decisions: the first slot, and the rest when it ends',
  async (t) => {
    const { given } = specify(tasks, { moments: () => at('2026-01-01T00:00Z') });
    const look = (text: string): TaskCommand => ({
      kind: 'decideSlots',
      taskId: 7,
      now: at(text),
      permitted: true,
    });
    const { events } = given(created({ pattern: '* * * * *', concurrency: 'forbid' })).when(
      look('2026-01-01T00:01Z'),
      look('2026-01-01T00:02Z'),
      look('2026-01-01T00:03Z'),
      look('2026-01-01T00:09Z'),
      { kind: 'settle', taskId: 7, run: 1, trial: 1, became: 'success', now: at('2026-01-01T00:10Z') + 1 },
      look('2026-01-01T00:11Z'),
    ).outcome;
    t.same(
      events.map(({ type, data }) =>
        type === 'TaskSlotDecided'
          ? data.decision === 'run'
            ? `run ${iso(data.slot)}`
            : `${data.reason} ${iso(data.slot)} ${iso(data.until)} ${data.count}`
          : type,
      ),
      [
        'run 2026-01-01T00:01Z',
        'forbidden 2026-01-01T00:02Z 2026-01-01T00:02Z 1',
        'forbidden 2026-01-01T00:03Z 2026-01-01T00:10Z 8',
        'TaskRunEnded',
        'run 2026-01-01T00:11Z',
      ],
    );
  },
);

void t.test('the state of a task does not grow with the number of its runs', async (t) => {
  const { fold } = specify(tasks);
  const MADE = at('2026-01-01T00:00Z');
  const second = (run: number): readonly TaskEvent[] => {
    const slot = MADE + run * 1000;
    return [
      {
        type: 'TaskSlotDecided',
        data: {
          taskId: 7,
          run,
          slot,
          decision: 'run',
          dueAt: slot,
          keptFrom: Math.max(1, run - 999),
          attempts: 1,
        },
      },
      { type: 'TaskRunEnded', data: { taskId: 7, run, outcome: 'success' } },
    ];
  };
  const state = (runs: number): PresentTask =>
    fold(
      [
        created({ pattern: '* * * * * *' }),
        ...Array.from({ length: runs }, (_, index) => second(index + 1)).flat(),
      ],
      MADE,
    ) as PresentTask;
  const kept = (runs: number): string => JSON.stringify(tasks.state?.save(state(runs)));
  const digits = kept(2000).replace(/\d+/g, '0');
  t.equal(kept(1).replace(/\d+/g, '0'), digits);
  t.equal(state(2000).runs.size, 0);
});
