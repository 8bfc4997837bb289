import t, { type Test } from 'tap';
import { Checker } from '#agents/checks/checker.js';
import { CheckImpossibleError, type TaskReach } from '#agents/checks/reach.js';
import type { Verdict } from '#agents/checks/task-health.js';
import type { TaskCheck } from '#domain/jobs/job/check.js';
import { TestClock } from '../../fixtures/test-clock.js';

const exec: TaskCheck = {
  type: 'exec',
  command: ['ready'],
  interval_seconds: 10,
  timeout_seconds: 3,
  grace_seconds: 30,
  failures: 3,
};

/** A task whose check programs exit with `code`. A negative code means that they never end; above 255 the check cannot run. */
function checked(
  t: Test,
  {
    code,
    healthy = false,
    age = 0,
    tenant,
    clock = new TestClock(),
  }: { code: () => number; healthy?: boolean; age?: number; tenant?: string; clock?: TestClock },
) {
  const [told, asked]: [Verdict[], number[]] = [[], []];
  const end = new AbortController();
  t.teardown(() => end.abort());
  const reach: TaskReach = {
    address: () => ({ host: '127.0.0.1', port: 1 }),
    exec: (_command, signal) => {
      asked.push(clock.monotonic());
      const answer = code();
      if (answer > 255) return Promise.reject(new CheckImpossibleError('the daemon is away'));
      return answer >= 0
        ? Promise.resolve(answer)
        : new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    },
  };
  const watch = (checker = new Checker(clock)): void =>
    checker.watch(
      { checks: [exec], reach, tenant, startTime: clock.now() / 1000 - age, healthy },
      (verdict) => void told.push(verdict),
      end.signal,
    );
  return { clock, told, asked, end, watch };
}

void t.test(
  'checks a task at once, retries with short delays until it is ready, and then uses the interval',
  async (t) => {
    let ready = false;
    const task = checked(t, { code: () => (ready ? 0 : 1) });
    task.watch();
    await task.clock.advance(500);
    t.strictSame(task.asked, [0, 100, 300]);
    ready = true;
    await task.clock.advance(20_500);
    t.strictSame(task.asked.slice(3), [700, 10_700, 20_700]);
    t.match(task.told, [{ healthy: true }]);
  },
);

void t.test(
  'reports an unresponsive task as unhealthy after its grace period and three more failures',
  async (t) => {
    const task = checked(t, { code: () => -1 });
    task.watch();
    await task.clock.advance(29_999);
    t.strictSame(task.told, []);
    await task.clock.advance(60_000);
    t.strictSame(task.told, [
      { healthy: false, message: 'check exec ready failed 3 times in a row: no answer within 3 s' },
    ]);
    const asked = task.asked.length;
    await task.clock.advance(600_000);
    t.equal(task.asked.length, asked);
    t.equal(task.clock.sleeping, 0, 'no timer is pending for the task');
  },
);

void t.test(
  'counts the grace period of an adopted task from the start of the task, not of the agent',
  async (t) => {
    const task = checked(t, { code: () => 1, healthy: true, age: 3600 });
    task.watch();
    await task.clock.advance(29_999);
    t.strictSame(task.told, []);
    await task.clock.advance(1);
    t.match(task.told, [{ healthy: false }]);
  },
);

void t.test('a check that cannot be run changes nothing, and is repeated at the interval', async (t) => {
  const task = checked(t, { code: () => 256, healthy: true });
  task.watch();
  await task.clock.advance(600_000);
  t.strictSame([task.told, task.asked.length], [[], 60]);
});

void t.test('stops checking when the task ends, and ignores a check that is still in flight', async (t) => {
  const task = checked(t, { code: () => -1 });
  task.watch();
  await task.clock.advance(1000);
  task.end.abort();
  await task.clock.advance(600_000);
  t.strictSame([task.told, task.asked.length, task.clock.sleeping], [[], 1, 0]);
});

void t.test('runs only a few check programs at once for a thousand tasks', async (t) => {
  const task = checked(t, { code: () => -1 });
  const checker = new Checker(task.clock);
  for (let count = 0; count < 1000; count += 1) task.watch(checker);
  await task.clock.advance(0);
  t.equal(task.asked.length, 16);
  await task.clock.advance(3000);
  t.equal(task.asked.length, 32, 'the next programs start when the first ones have timed out');
});

void t.test('checks of one tenant that hang do not delay those of others', async (t) => {
  const clock = new TestClock();
  const checker = new Checker(clock);
  const tasks = (count: number, tenant?: string) => {
    const made = checked(t, { code: () => -1, clock, ...(tenant !== undefined && { tenant }) });
    for (let started = 0; started < count; started += 1) made.watch(checker);
    return made;
  };
  const mallory = tasks(100, 'mallory');
  const others = ['ann', 'bob'].map((name) => tasks(100, name));
  await clock.advance(0);
  t.strictSame(
    [mallory, ...others].map(({ asked }) => asked.length),
    [4, 4, 4],
  );
  const carol = tasks(1, 'carol');
  const operator = tasks(10);
  await clock.advance(0);
  t.equal(operator.asked.length, 4, 'a quarter is only for work of no tenant');
  t.equal(carol.asked.length, 0);
  await clock.advance(3000);
  t.equal(carol.asked.length, 1, 'who waits is next, however many of the others wait');
});
