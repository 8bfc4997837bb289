import t from 'tap';
import { runReason, startNumberOf } from '#domain/tasks/task/index.js';
import { NO_WORK } from '#domain/work/index.js';
import type { SecretProblem, TaskCommand, TaskEvent } from '#domain/tasks/task/index.js';
import { created, ended, given, settle, trigger, triggered } from './specification.js';

const missing: SecretProblem = { problem: 'missing', name: 'pw' };
const giveUp = (run: number, trial: number, secret: SecretProblem = missing): TaskCommand => ({
  kind: 'giveUp',
  taskId: 7,
  run,
  trial,
  secret,
  now: 0,
});
const gaveUp = (run: number, secret: SecretProblem = missing): TaskEvent => ({
  type: 'TaskRunEnded',
  data: { taskId: 7, run, outcome: 'failed', tenantId: 't1', secret },
});

void t.test('a run whose secrets are missing or too large fails without further attempts', async (t) => {
  const three = created({ retryCount: 2, retryDelaySeconds: 0 });
  given(three, triggered(1, 3)).when(giveUp(1, 1)).then(t, gaveUp(1));
  given(three, triggered(1, 3)).when(giveUp(1, 1), giveUp(1, 1)).then(t, gaveUp(1));
  given(three)
    .when(trigger, settle(1, 1, 'failed'), giveUp(1, 2, { problem: 'too_large' }))
    .thenTypes(t, 'TaskTriggered', 'TaskRunRetried', 'TaskRunEnded');
});

void t.test('giving up an attempt that is over, or a run that has ended, changes nothing', async (t) => {
  given(created(), triggered(1)).when(giveUp(1, 2)).then(t);
  given(created(), triggered(1), ended(1)).when(giveUp(1, 1)).then(t);
  given(created()).when(giveUp(4, 1)).then(t);
  given(created(), { type: 'TaskDeleted', data: { taskId: 7 } })
    .when(giveUp(1, 1))
    .then(t);
});

void t.test('the reason of a failed run reports the problem with its secrets', async (t) => {
  const run = {
    taskId: 7,
    run: 1,
    ended: 'failed',
    attempt: 1,
    lost: 0,
    dueAt: 0,
    surplus: false,
    work: NO_WORK,
  } as const;
  t.equal(startNumberOf(run), 1);
  t.equal(runReason({ ...run, secret: missing }, null, 0), 'secret_missing');
  t.equal(runReason({ ...run, secret: { problem: 'too_large' } }, null, 0), 'secrets_too_large');
  t.equal(runReason(run, null, 0), 'not_started');
});
