import t from 'tap';
import fc from 'fast-check';
import type { ReschedulePolicy, RestartPolicy } from '#domain/jobs/job/restart.js';
import {
  afterFailure,
  retryAfterFailure,
  STABLE_RUN_MS,
  type Failures,
} from '#domain/scheduling/state/retry.js';
import { emptySlot } from '#domain/scheduling/state/scheduled-job.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Policies {
  readonly restart?: RestartPolicy;
  readonly reschedule?: ReschedulePolicy;
}

/** Lets a slot run and fail repeatedly, and returns the delay before each new start. `+` marks a reschedule, and null means never. */
function pauses({ restart, reschedule }: Policies, runs: readonly number[]): (string | null)[] {
  const policies = { restart, reschedule };
  let failures: Failures = emptySlot();
  let now = 0;
  const told: (string | null)[] = [];
  for (const ran of runs) {
    now += ran;
    const retry = retryAfterFailure(policies, failures, ran, now);
    told.push(retry === undefined ? null : `${retry.rescheduled ? '+' : ''}${(retry.at - now) / SECOND}`);
    if (retry === undefined) return told;
    failures = afterFailure(policies, failures, { ran, rescheduled: retry.rescheduled }, now);
    now = retry.at;
  }
  return told;
}

const TWICE: RestartPolicy = { attempts: 2, delay: 1, mode: 'fail' };
const often = (ran: number, times: number): number[] => Array<number>(times).fill(ran);

void t.test('failures are counted within an interval of half an hour', async (t) => {
  t.strictSame(
    pauses({ restart: TWICE }, often(0, 5)),
    ['1', '1', null],
    'the third failure in a row is final',
  );
  t.strictSame(
    pauses({ restart: TWICE }, often(4 * HOUR, 50)),
    Array(50).fill('1'),
    'failures four hours apart are never final',
  );
  t.strictSame(
    pauses({ restart: TWICE }, [...often(0, 2), 30 * MINUTE, 0, 0]),
    ['1', '1', '1', '1', null],
    'a new interval begins with a new count',
  );
  t.strictSame(
    pauses({ restart: TWICE }, often(14 * MINUTE, 3)),
    ['1', '1', null],
    'the third failure within the interval is final, however long each run was',
  );
});

void t.test('failures are counted within the interval of the group', async (t) => {
  const restart = { ...TWICE, interval: 60 };
  t.strictSame(
    pauses({ restart }, often(29 * SECOND, 4)),
    ['1', '1', '1', '1'],
    'the third failure comes a full interval after the first',
  );
  t.strictSame(pauses({ restart }, often(28 * SECOND, 4)), ['1', '1', null]);
  t.strictSame(pauses({ restart: { ...TWICE, interval: 86_400 } }, often(4 * HOUR, 4)), ['1', '1', null]);
});

void t.test('mode delay waits for the end of the interval of the group', async (t) => {
  t.strictSame(pauses({ restart: { attempts: 1, interval: 300, delay: 10, mode: 'delay' } }, often(0, 5)), [
    '10',
    '290',
    '10',
    '290',
    '10',
  ]);
  t.strictSame(
    pauses({ restart: { attempts: 1, interval: 5, delay: 10, mode: 'delay' } }, often(0, 3)),
    ['10', '10', '10'],
    'a restart never comes before its delay',
  );
});

void t.test(
  'a service is rescheduled indefinitely, with a longer delay and new restarts each time',
  async (t) => {
    const all = pauses({ restart: TWICE, reschedule: {} }, often(0, 3 * 12));
    const delays = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600];
    t.strictSame(
      all,
      delays.flatMap((delay) => ['1', '1', `+${delay}`]),
    );
  },
);

void t.test('after a run of ten minutes the first delay applies again', async (t) => {
  const restart = { ...TWICE, attempts: 0 };
  t.strictSame(pauses({ restart, reschedule: {} }, [0, 0, 0, STABLE_RUN_MS, 0]), [
    '+30',
    '+60',
    '+120',
    '+30',
    '+60',
  ]);
});

void t.test('the delay grows according to the delay function of the group', async (t) => {
  const after = (reschedule: ReschedulePolicy) => pauses({ reschedule }, often(0, 7));
  t.strictSame(after({ delay: 5, delay_function: 'constant' }), Array(7).fill('+5'));
  t.strictSame(after({ delay: 5, delay_function: 'fibonacci' }), [
    '+5',
    '+5',
    '+10',
    '+15',
    '+25',
    '+40',
    '+65',
  ]);
  t.strictSame(after({ delay: 5, delay_function: 'exponential', max_delay: 60 }), [
    '+5',
    '+10',
    '+20',
    '+40',
    '+60',
    '+60',
    '+60',
  ]);
});

void t.test('limited reschedules are counted within their interval', async (t) => {
  const reschedule = { attempts: 1, interval: 86_400, delay: 5, delay_function: 'constant' } as const;
  t.strictSame(
    pauses({ restart: TWICE, reschedule }, often(0, 9)),
    ['1', '1', '+5', '1', '1', null],
    'the delays equal those of Nomad for a batch job',
  );
  t.strictSame(pauses({ reschedule }, often(DAY, 4)), ['+5', '+5', '+5', '+5']);
  t.strictSame(pauses({ reschedule: { attempts: 0 } }, [0]), [null], 'zero attempts allow no reschedule');
});

void t.test(
  'for any policies, delays stay within their limits, and unlimited reschedules never end',
  async () => {
    const seconds = fc.integer({ min: 0, max: 7200 });
    fc.assert(
      fc.property(
        fc.record({
          attempts: fc.integer({ min: 0, max: 4 }),
          delay: seconds,
          mode: fc.constantFrom('fail' as const, 'delay' as const),
          interval: fc.integer({ min: 1, max: 7200 }),
        }),
        fc.record({
          delay: seconds,
          max_delay: seconds,
          delay_function: fc.constantFrom('constant' as const, 'exponential' as const, 'fibonacci' as const),
        }),
        fc.array(fc.integer({ min: 0, max: 2 * HOUR }), { minLength: 1, maxLength: 40 }),
        (restart, reschedule, runs) => {
          const told = pauses({ restart, reschedule }, runs);
          const longest = Math.max(restart.delay, restart.interval, reschedule.delay, reschedule.max_delay);
          return (
            told.length === runs.length &&
            told.every(
              (pause) =>
                pause !== null &&
                Number(pause.replace('+', '')) >= 0 &&
                Number(pause.replace('+', '')) <= longest,
            )
          );
        },
      ),
    );
  },
);
