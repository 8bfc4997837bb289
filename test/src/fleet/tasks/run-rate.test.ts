import t from 'tap';
import type { PresentTask, TaskEvent } from '#domain/tasks/task/index.js';
import { RunRate } from '#src/fleet/tasks/run-rate.js';

const ann = { tenantId: 't', account: 'ann' };
const bob = { tenantId: 't', account: 'bob' };
const task = { kind: 'present', tenantId: 't', createdBy: 'ann' } as PresentTask;
const of = { taskId: 1, run: 1, keptFrom: 1, attempts: 1 };
const triggered: TaskEvent = { type: 'TaskTriggered', data: { ...of, trigger: 'manual' } };

void t.test('counts runs per minute for the account and its tenant', async (t) => {
  const clock = { at: 59_000, now: () => clock.at };
  const rate = new RunRate(clock);
  const limits = { tenant: 5, account: 4 };
  rate.count([triggered], task);
  rate.count([{ type: 'TaskBackfilled', data: { ...of, from: 0, until: 9, slots: [1, 2] } }], task);
  rate.count(
    [
      {
        type: 'TaskSlotDecided',
        data: { taskId: 1, slot: 1, decision: 'skipped', reason: 'missed', until: 1, count: 1 },
      },
    ],
    task,
  );
  rate.count([{ type: 'TaskRunEnded', data: { taskId: 1, run: 1, outcome: 'success' } }], task);
  t.equal(rate.excess(ann, limits), undefined);
  rate.count([{ type: 'TaskSlotDecided', data: { ...of, slot: 1, decision: 'run', dueAt: 1 } }], task);
  t.same(rate.excess(ann, limits), {
    quota: 'runs_per_minute',
    of: 'account',
    holder: 'ann',
    limit: 4,
    used: 4,
  });
  t.equal(rate.excess(bob, limits), undefined, 'another account has its own limit');
  rate.count([triggered], task);
  t.same(rate.excess(bob, limits), {
    quota: 'runs_per_minute',
    of: 'tenant',
    holder: 't',
    limit: 5,
    used: 5,
  });
  t.equal(rate.excess({ tenantId: 'u', account: 'eve' }, limits), undefined);
  t.equal(rate.excess(ann, { tenant: undefined, account: undefined }), undefined);
  t.equal(rate.leftMs, 1000);
  clock.at = 60_000;
  t.equal(rate.excess(ann, limits), undefined, 'the count restarts with the next minute');
});
