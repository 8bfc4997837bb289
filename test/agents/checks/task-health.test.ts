import t from 'tap';
import fc from 'fast-check';
import { TaskHealth } from '#agents/checks/task-health.js';
import type { TaskCheck } from '#domain/jobs/job/check.js';

const GRACE = 30_000;
const tcp: TaskCheck = { type: 'tcp', port: 5432, interval_seconds: 10, grace_seconds: 30, failures: 3 };
const http: TaskCheck = { type: 'http', port: 80, path: '/healthz' };
const yes = { ok: true, text: 'accepted a connection' };
const no = { ok: false, text: 'refused' };

void t.test('reports a task as healthy once, after its first success', async (t) => {
  const health = new TaskHealth([tcp], false);
  t.equal(health.answered(0, no, 0), undefined);
  t.strictSame(health.answered(0, yes, 100), { healthy: true, message: 'tcp 5432: accepted a connection' });
  t.equal(health.answered(0, yes, 200), undefined);
});

void t.test('reports a task as healthy only after every check has succeeded', async (t) => {
  const health = new TaskHealth([tcp, http], false);
  t.equal(health.answered(0, yes, 0), undefined);
  t.strictSame(health.answered(1, { ok: true, text: 'answered 200' }, 0), {
    healthy: true,
    message: 'http 80/healthz: answered 200',
  });
});

void t.test(
  'reports a task as unhealthy after consecutive failures, with the check and its result',
  async (t) => {
    const health = new TaskHealth([tcp], false);
    health.answered(0, yes, 0);
    health.answered(0, no, GRACE);
    health.answered(0, no, GRACE);
    t.equal(health.answered(0, yes, GRACE), undefined, 'a success resets the count of failures');
    t.equal(health.answered(0, no, GRACE), undefined);
    t.equal(health.answered(0, no, GRACE), undefined);
    t.strictSame(health.answered(0, { ok: false, text: 'no answer within 3 s' }, GRACE), {
      healthy: false,
      message: 'check tcp 5432 failed 3 times in a row: no answer within 3 s',
    });
    t.equal(
      health.answered(0, yes, GRACE),
      undefined,
      'a later success does not make the task healthy again',
    );
  },
);

void t.test('counts failures of each check separately', async (t) => {
  const health = new TaskHealth([tcp, http], false);
  for (const index of [0, 1, 0, 1]) t.equal(health.answered(index, no, GRACE), undefined);
});

void t.test('ignores failures during the grace period', async (t) => {
  const health = new TaskHealth([tcp], false);
  for (let count = 0; count < 10; count += 1) t.equal(health.answered(0, no, GRACE - 1), undefined);
  t.equal(health.answered(0, no, GRACE), undefined);
  t.equal(health.answered(0, no, GRACE), undefined);
  t.match(health.answered(0, no, GRACE), { healthy: false });
});

void t.test(
  'doubles the delay between failing checks up to the interval, and uses the interval after the grace period',
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

void t.test('does not report an adopted healthy task as healthy again, only as unhealthy', async (t) => {
  const health = new TaskHealth([{ ...tcp, failures: 1 }], true);
  t.equal(health.answered(0, yes, GRACE), undefined);
  t.match(health.answered(0, no, GRACE), {
    healthy: false,
    message: /^check tcp 5432 failed once: refused$/,
  });
});

void t.test(
  'reports at most one change to healthy and then one to unhealthy, whatever the results',
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

void t.test('a check with 0 failures never makes the task unhealthy, but is waited for', async (t) => {
  const health = new TaskHealth([{ ...tcp, failures: 0 }], false);
  for (let count = 0; count < 200; count += 1) t.equal(health.answered(0, no, GRACE), undefined);
  t.match(health.answered(0, yes, GRACE), { healthy: true });
  t.equal(health.answered(0, no, GRACE), undefined);
});
