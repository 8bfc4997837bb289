import t from 'tap';
import { aJob, openTestApi } from '../../../http/support/test-api.js';

const { say } = await openTestApi(t);

const rolled = (command: string, update: object = {}) => ({
  task_groups: [{ name: 'web', count: 3, update, tasks: [{ name: 'main', config: { command } }] }],
});

void t.test("lists a job's rollouts, newest first", async (t) => {
  await say('POST', '/jobs', { job_id: 'many', ...rolled('one') });
  const group = { name: 'web', wanted: 3, healthy: 0 };
  t.match((await say('GET', '/jobs/many/deployments')).json(), {
    count: 1,
    deployments: [
      {
        version: 0,
        status: 'running',
        groups: [{ ...group, opened: 3 }],
        reason: null,
        gives_way_to: null,
        reverts: null,
        ended_at: null,
      },
    ],
  });
  await say('PUT', '/jobs/many', rolled('two', { max_parallel: 2 }));
  const { deployments } = (await say('GET', '/jobs/many/deployments')).json() as {
    deployments: { version: number }[];
  };
  t.match(deployments, [
    { version: 3, status: 'running', groups: [{ ...group, opened: 2 }] },
    { version: 0, status: 'cancelled', reason: { code: 'superseded' }, ended_at: Number },
  ]);
  t.match((await say('GET', '/jobs/many')).json(), { version: 3, deployment: deployments[0] });
  t.notHas((await say('GET', '/jobs')).json() as object, { jobs: [{ deployment: {} }] });
  t.equal((await say('DELETE', '/jobs/many')).status, 200);
  t.match((await say('GET', '/jobs/many')).json(), {
    status: 'dead',
    deployment: { version: 3, status: 'cancelled', reason: { code: 'stopped' } },
  });
});

void t.test('returns no deployments without an update policy, and 404 for a missing job', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'plain' }));
  t.same((await say('GET', '/jobs/plain/deployments')).json(), { deployments: [], count: 0 });
  t.notOk('deployment' in ((await say('GET', '/jobs/plain')).json() as object));
  t.equal((await say('GET', '/jobs/absent/deployments')).status, 404);
});

void t.test('refuses an invalid update policy', async (t) => {
  for (const update of [
    { max_parallel: 0 },
    { min_healthy_seconds: -1 },
    { progress_deadline_seconds: 0 },
    { auto_revert: 'yes' },
    { canary: 1 },
  ])
    t.equal(
      (await say('POST', '/jobs', { job_id: 'wrong', ...rolled('one', update) })).status,
      400,
      JSON.stringify(update),
    );
});

void t.test('creates one version and deployment for a repeated update', async (t) => {
  await say('POST', '/jobs', { job_id: 'retry', ...rolled('one') });
  const answers: unknown[] = [];
  for (let time = 0; time < 2; time += 1)
    answers.push((await say('PUT', '/jobs/retry', rolled('two'), { 'idempotency-key': 'k' })).json());
  t.same(answers[0], answers[1]);
  t.match((await say('GET', '/jobs/retry/deployments')).json(), { count: 2 });
});
