import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

const PASSWORD = 'password123';

void t.test('queued runs start one after the other, and a run without a worker expires', async (t) => {
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: PASSWORD } });
  await startAgent(t, server);
  const account = await TaskAccount.logIn(server.api, 'admin', PASSWORD);

  const one = await account.create({ name: 'one-at-a-time', command: 'sleep 1', concurrency: 'queue' });
  for (let run = 1; run <= 3; run += 1) await account.trigger(one.id);
  t.match(await account.run(one.id, 3), { status: 'pending', reason: 'waiting_for_earlier_run' });
  for (let run = 1; run <= 3; run += 1) await account.is(one.id, run, 'success');
  const runs = [...(await account.runs(one.id))].sort((a, b) => a.id - b.id);
  for (const [index, { started_at: start }] of runs.slice(1).entries())
    t.ok(
      Date.parse(start ?? '') >= Date.parse(runs[index]?.finished_at ?? '') - 1000,
      `run ${index + 2} waited`,
    );

  const never = await account.create({
    name: 'never-starts',
    command: 'true',
    tags: ['no-worker-has-it'],
    start_within_seconds: 2,
  });
  t.equal(never.start_within_seconds, 2);
  await account.trigger(never.id);
  t.match(await account.is(never.id, 1, 'failed'), { reason: 'expired', started_at: null });
  await invariantsHold(t, server);
});
