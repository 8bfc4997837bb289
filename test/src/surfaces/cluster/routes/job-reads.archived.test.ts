import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import type { JobArchive } from '#domain/jobs/job/archive.js';
import { PATIENCE } from '../../../../fixtures/eventually.js';
import {
  completed,
  evaluated,
  exited,
  finished,
  place,
  placed,
  released,
  started,
} from '../../../../projections/events.js';
import { aJob, openTestApi } from '../../../http/support/test-api.js';
import { commandContext } from '../../../../fixtures/command-context.js';

const { say, happened, executor, models, events } = await openTestApi(t);
const REFUSED = {
  status: 409,
  body: (id: string) => ({ error: `job ${id} ended long ago and is archived` }),
};

async function archived(
  jobId: string,
  over: Partial<JobArchive> = {},
  specification: object = {},
): Promise<void> {
  const { evaluation_id: evaluation } = (
    await say('POST', '/jobs', aJob({ job_id: jobId, ...specification }))
  ).json() as { evaluation_id: string };
  const at = place(`al-${jobId}`, jobId);
  const past: MusterEvent[] = [
    placed(at, 0, 0, evaluation),
    evaluated(jobId, evaluation),
    started(at),
    exited(at),
    completed(at),
    released(at, 'complete'),
    finished(jobId, 0, 'complete'),
  ];
  await happened(...past);
  const task = {
    status: 'complete',
    startTime: 1,
    endTime: 2,
    exitCode: 0,
    error: null,
    message: null,
  } as const;
  const allocation = {
    allocationId: `al-${jobId}`,
    jobVersion: 0,
    group: 'web',
    slot: 0,
    nodeId: 'n1',
    status: 'complete',
    startTime: 1,
    endTime: 2,
    message: null,
    tasks: { main: task },
  } as const;
  const archive: JobArchive = {
    jobId,
    version: 0,
    status: 'complete',
    endedAt: 1_500,
    allocations: [allocation],
    leftOut: 3,
    ...over,
  };
  const context = commandContext({
    correlationId: jobId,
    causationId: jobId,
    actor: 'saga:archive',
    surface: 'cluster',
  });
  const { position } = await executor.execute(jobs, jobId, { kind: 'archive', archive }, context);
  t.ok(await models.waitFor(position ?? -1n, 10_000 * PATIENCE));
}

await t.test('hides an archived job from lists, and returns it by id', async (t) => {
  const constraints = { region: 'north' };
  await archived('old', {}, { priority: 70, constraints });
  t.same((await say('GET', '/jobs')).json(), { jobs: [], count: 0 });
  const answer = await say('GET', '/jobs/old');
  t.equal(answer.status, 200);
  const body = answer.json() as { archived: { at: number } };
  t.match(body, {
    job_id: 'old',
    priority: 70,
    constraints,
    status: 'complete',
    task_groups: aJob()['task_groups'],
    archived: { at: Number, ended_at: 1.5, allocations_left_out: 3 },
    allocations: [
      {
        allocation_id: 'al-old',
        node_id: 'n1',
        task_group: 'web',
        status: 'complete',
        start_time: 1,
        end_time: 2,
        tasks: { main: { status: 'complete', exit_code: 0 } },
      },
    ],
  });
  const event = (await events()).find(({ type }) => type === 'JobArchived');
  t.equal(body.archived.at, (JSON.parse(event?.metadata ?? '') as { at: number }).at / 1000);
});

await t.test('returns sealed environments as submitted', async (t) => {
  const task = { name: 'main', config: { command: 'true' }, env: { TOKEN: 'a secret' } };
  await archived('sealed', {}, { task_groups: [{ name: 'web', tasks: [task] }] });
  t.match((await say('GET', '/jobs/sealed')).json(), {
    task_groups: [{ tasks: [{ env: { TOKEN: 'a secret' } }] }],
  });
  t.notMatch((await events()).map(({ data }) => data).join(''), /a secret/);
});

await t.test('refuses to change an archived job, and reports that it is archived', async (t) => {
  await archived('refuses');
  for (const [method, url, body] of [
    ['DELETE', '/jobs/refuses'],
    ['POST', '/jobs/refuses/restart'],
    ['PUT', '/jobs/refuses', aJob()],
  ] as const) {
    const answer = await say(method, url, body);
    t.same([answer.status, answer.json()], [REFUSED.status, REFUSED.body('refuses')], `${method} ${url}`);
    t.equal(answer.headers['x-muster-error'], 'MUSTER_E_JOB_ARCHIVED');
  }
});

await t.test('starts a new job under the id of an archived one', async (t) => {
  await archived('again');
  t.equal((await say('POST', '/jobs', aJob({ job_id: 'again', priority: 10 }))).status, 200);
  const job = (await say('GET', '/jobs/again')).json() as object;
  t.match(job, { status: 'pending', priority: 10, allocations: [] });
  t.notOk('archived' in job);
  t.match((await say('GET', '/jobs')).json(), { jobs: [{ job_id: 'again' }], count: 1 });
  t.same(
    (await events()).filter(({ stream }) => stream === 'job-again').map(({ type }) => type),
    ['JobSubmitted', 'JobArchived', 'JobSubmitted'],
  );
});

await t.test('deletes an archived job', async (t) => {
  await archived('gone');
  t.equal((await say('POST', '/jobs/gone/delete')).status, 200);
  t.equal((await say('GET', '/jobs/gone')).status, 404);
});

await t.test('hides archived jobs of other surfaces', async (t) => {
  const owner = { surface: 'gpu', tenant: 't1', principal: 'u1' };
  const specification = {
    task_groups: [{ name: 'web', tasks: [{ name: 'main', driver: 'exec', config: { command: 'true' } }] }],
  };
  await happened(
    { type: 'JobSubmitted', data: { jobId: 'theirs', evaluationId: 'e', specification, owner } },
    {
      type: 'JobArchived',
      data: { jobId: 'theirs', version: 0, status: 'complete', endedAt: 1, allocations: [], leftOut: 0 },
    },
  );
  t.equal((await say('GET', '/jobs/theirs')).status, 404);
});

await t.test('removes archived jobs when the cluster is cleared', async (t) => {
  await archived('before');
  await happened({ type: 'ClusterCleared', data: {} });
  t.equal((await say('GET', '/jobs/before')).status, 404);
});
