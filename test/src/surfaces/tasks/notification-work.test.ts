import t from 'tap';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import type { NotificationTarget, OpenNotification, PresentTask } from '#domain/tasks/task/index.js';
import type { OwnedJob } from '#src/fleet/owned-work/index.js';
import { openEnvironments } from '#src/fleet/sealed-environments/index.js';
import { sealPlace } from '#src/surfaces/tasks/notification-url.js';
import { notificationWork } from '#src/surfaces/tasks/notification-work.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { openTestSealer } from '../../../fixtures/sealer.js';

const URL = 'https://hooks.example.com/token-of-the-hook';

/** The job of a task's first notification, and its agent's input. */
async function scene() {
  const sealer = await openTestSealer();
  const work = notificationWork({ sealer, results: { read: () => Promise.resolve(undefined) } });
  const job = async (to: NotificationTarget): Promise<OwnedJob> => {
    const decided = {
      taskId: 7,
      notice: 1,
      on: 'missed' as const,
      to,
      slots: { slot: 0, until: 0, count: 1 },
    };
    const open: OpenNotification = { decided, decidedAt: 0, attempt: 1 };
    const task: Partial<PresentTask> = {
      kind: 'present',
      taskId: 7,
      tenantId: 'one',
      createdBy: 'u1',
      definition: plainTask(),
      notices: new Map([[1, open]]),
    };
    const made = await work.job(task, { taskId: 7, notice: 1 });
    if (made === undefined) throw new Error('there is no job');
    return made;
  };
  return { sealer, job };
}

void t.test('passes URL and body of a notification in sealed variables', async (t) => {
  const { sealer, job } = await scene();
  const place = await sealPlace(sealer, 'one', URL);
  const { specification } = await job(place);
  t.notMatch(JSON.stringify(specification), /token-of-the-hook|nightly/);
  const task = (await openEnvironments(sealer, specification)).task_groups[0]?.tasks[0];
  t.match(task, {
    driver: 'http',
    config: { url: { env: 'MUSTER_URL' }, method: 'POST', body: [{ env: 'MUSTER_BODY_0' }] },
  });
  t.equal(task?.env?.['MUSTER_URL'], URL);
  t.match(task?.env?.['MUSTER_BODY_0'], '"task_name":"nightly"');
});

void t.test(
  'submits a call that fails if the key of the URL is erased, and creates no new key',
  async (t) => {
    const { sealer, job } = await scene();
    const place = await sealPlace(sealer, 'one', URL);
    await sealer.eraseKey(tenantSubject('one'));
    const { specification } = await job(place);
    t.same(specification.task_groups[0]?.tasks[0]?.sealed_env, undefined);
    t.match(specification.task_groups[0]?.tasks[0]?.config, { url: { env: 'MUSTER_URL' } });
    t.notSame(await sealPlace(sealer, 'one', URL), place);
    t.same((await job(place)).specification, specification, 'the job is the same after a new key exists');
  },
);
