import t from 'tap';
import fc from 'fast-check';
import { TaskHealth } from '#agents/checks/task-health.js';
import type { TaskCheck } from '#domain/jobs/job/check.js';

const GRACE = 30_000;
const tcp: TaskCheck = { type: 'tcp', port: 5432, interval_seconds: 10, grace_seconds: 30, failures: 3 };
const http: TaskCheck = { type: 'http', port: 80, path: '/healthz' };
const yes = { ok: true, text: 'took a connection' };
const no = { ok: false, text: 'refused' };

void t.test('one success makes a task healthy, and is reported once', async (t) => {
  const health = new TaskHealth([tcp], false);
  t.equal(health.answered(0, no, 0), undefined);
  t.strictSame(health.answered(0, yes, 100), { healthy: true, message: 'tcp 5432: took a connection' });
  t.equal(health.answered(0, yes, 200), undefined);
});

void t.test('each of its checks must have succeeded', async (t) => {
  const health = new TaskHealth([tcp, http], false);
  t.equal(health.answered(0, yes, 0), undefined);
  t.strictSame(health.answered(1, { ok: true, text: 'answered 200' }, 0), {
    healthy: true,
    message: 'http 80/healthz: answered 200',
  });
});

void t.test(
  'consecutive failures make it unhealthy, with the name of the check and its last result',
  async (t) => {
    const health = new TaskHealth([tcp], false);
    health.answered(0, yes, 0);
    health.answered(0, no, GRACE);
    health.answered(0, no, GRACE);
    t.equal(health.answered(0, yes, GRACE), undefined, 'a success between them begins the count anew');
    t.equal(health.answered(0, no, GRACE), undefined);
    t.equal(health.answered(0, no, GRACE), undefined);
    t.strictSame(health.answered(0, { ok: false, text: 'no answer within 3 s' }, GRACE), {
      healthy: false,
      message: 'check tcp 5432 failed 3 times in a row: no answer within 3 s',
    });
    t.equal(health.answered(0, yes, GRACE), undefined, 'and stay so');
  },
);

void t.test('failures of different checks are not in a row', async (t) => {
  const health = new TaskHealth([tcp, http], false);
  for (const index of [0, 1, 0, 1]) t.equal(health.answered(index, no, GRACE), undefined);
});

void t.test('failures within the grace do not count', async (t) => {
  const health = new TaskHealth([tcp], false);
  for (let count = 0; count < 10; count += 1) t.equal(health.answered(0, no, GRACE - 1), undefined);
  t.equal(health.answered(0, no, GRACE), undefined);
  t.equal(health.answered(0, no, GRACE), undefined);
  t.match(health.answered(0, no, GRACE), { healthy: false });
});

void t.test(
  'until it has succeeded it is tried soon, then less and less often; after the grace by its interval',
  async (t) => {
    const health = new TaskHealth([tcp], false);
    const pauses = Array.from({ length: 10 }, () => {
      const pause = health.pause(0, 0);
      health.answered(0, no, 0);
      return pause;
    });
    t.strictSame(pauses, [0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
    t.equal(new TaskHealth([tcp], false).pause(0, GRACE), 10_000);
    t.equal(new TaskHealth([{ ...tcp, grace_seconds: 0 }], false).pause(0, 0), 10_000);
    t.equal(new TaskHealth([tcp], true).pause(0, 0), 10_000);
  },
);

void t.test('a task that an earlier agent found healthy is reported only when that changes', async (t) => {
  const health = new TaskHealth([{ ...tcp, failures: 1 }], true);
  t.equal(health.answered(0, yes, GRACE), undefined);
  t.match(health.answered(0, no, GRACE), {
    healthy: false,
    message: /^check tcp 5432 failed once: refused$/,
  });
});

void t.test(
  'whatever is answered, verdicts alternate, begin with a change, and none follows an unhealthy one',
  async () => {
    const answers = fc.array(
      fc.record({
        index: fc.integer({ min: 0, max: 1 }),
        ok: fc.boolean(),
        at: fc.integer({ min: 0, max: 2 * GRACE }),
      }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(fc.boolean(), answers, (before, given) => {
        const health = new TaskHealth([tcp, http], before);
        const verdicts = given
          .flatMap(({ index, ok, at }) => health.answered(index, ok ? yes : no, at) ?? [])
          .map(({ healthy }) => healthy);
        const allowed = before ? [[], [false]] : [[], [true], [false], [true, false]];
        return allowed.some((each) => JSON.stringify(each) === JSON.stringify(verdicts));
      }),
    );
  },
);
