import t from 'tap';
import {
  completed,
  finished,
  place,
  placed,
  started,
  blocked,
  specified,
} from '../../../../projections/events.js';
import { aJob, openTestApi } from '../../../http/support/test-api.js';

const { say, events, happened } = await openTestApi(t);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

void t.test('creates a job with its id, and returns it as submitted', async (t) => {
  const body = aJob({ job_id: 'hello', constraints: { disk: 'ssd', cores: { operator: '>', value: 2 } } });
  const done = await say('POST', '/jobs', body);
  t.equal(done.status, 200);
  t.match(done.json(), { job_id: 'hello', evaluation_id: UUID, message: '作业评估已创建并加入队列' });
  t.same(Object.keys(done.json()), ['job_id', 'evaluation_id', 'message']);
  t.match(done.headers, {
    'x-muster-position': /^\d+$/,
    'x-request-id': /\S/,
    'content-type': 'application/json; charset=utf-8',
  });
  const { job_id: _, ...specification } = body;
  const read = await say('GET', '/jobs/hello');
  t.same(read.json(), { job_id: 'hello', ...specification, status: 'pending', version: 0, allocations: [] });
  t.same((await say('GET', '/jobs?limit=1')).json(), { jobs: [read.json()], count: 1 });
  t.equal((await events()).length, 1);
});

void t.test('assigns an id to a job without one, and returns no constraints', async (t) => {
  const { job_id } = (await say('POST', '/jobs', aJob())).json() as { job_id: string };
  t.match(job_id, UUID);
  t.match((await say('GET', `/jobs/${job_id}`)).json(), { job_id, constraints: {} });
});

void t.test('updates an existing job by POST', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'twice' }));
  const again = await say('POST', '/jobs', aJob({ job_id: 'twice', priority: 70 }));
  t.match(again.json(), { message: '作业评估已创建并加入队列' });
  t.match((await say('GET', '/jobs/twice')).json(), { priority: 70 });
  t.same(
    (await events()).slice(-2).map(({ type }) => type),
    ['JobSubmitted', 'JobUpdated'],
  );
});

void t.test('updates a job by PUT, and starts a dead one', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'put' }));
  await say('DELETE', '/jobs/put');
  t.match((await say('GET', '/jobs/put')).json(), { status: 'dead' });
  const done = await say('PUT', '/jobs/put', aJob({ job_id: 'another' }));
  t.equal(done.status, 200);
  t.match(done.json(), { job_id: 'put', evaluation_id: UUID, message: '作业更新评估已加入队列' });
  t.match((await say('GET', '/jobs/put')).json(), { status: 'pending' });
  t.equal((await say('GET', '/jobs/another')).status, 404);
});

void t.test('scales a group of the version that the job has by then', async (t) => {
  const groups = ['web', 'other'].map((name) => ({
    name,
    tasks: [{ name: 'main', config: { command: 'true' } }],
  }));
  await say('POST', '/jobs', aJob({ job_id: 'wide', task_groups: groups }));
  const scale = async (body: object, of = 'wide') => await say('POST', `/jobs/${of}/scale`, body);
  await Promise.all([
    say('PUT', '/jobs/wide', aJob({ task_groups: groups, priority: 70 })),
    scale({ group: 'other', count: 3 }),
    scale({ group: 'web', count: 2 }),
  ]);
  t.match(
    (await events()).slice(-3).map(({ type }) => type),
    ['JobUpdated', 'JobUpdated', 'JobUpdated'],
  );
  const done = await scale({ group: 'other', count: 4 });
  t.match(done.json(), { job_id: 'wide', evaluation_id: UUID, message: 'Group other is scaled to 4' });
  t.match((await say('GET', '/jobs/wide')).json(), {
    priority: 70,
    task_groups: [{ name: 'web' }, { name: 'other', count: 4 }],
  });
  t.match(await scale({ count: 1 }), {
    status: 400,
    body: /group: is required, because the job has several/,
  });
  t.match(await scale({ group: 'none', count: 1 }), { status: 400, body: /group: must be one of/ });
  t.equal((await scale({ group: 'other', count: -1 })).status, 400);
  t.equal((await scale({ group: 'other' })).status, 400);
  t.equal((await scale({ count: 1 }, 'unknown')).status, 404);
});

void t.test('stops a job by DELETE, and responds 200 for a dead one without an event', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'del' }));
  t.same((await say('DELETE', '/jobs/del')).json(), { message: '作业 del 已停止' });
  const before = (await events()).length;
  const again = await say('DELETE', '/jobs/del');
  t.equal(again.status, 200);
  t.same(again.json(), { message: '作业 del 已停止' });
  t.equal((await events()).length, before);
});

void t.test('removes a job from every list by POST delete', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'gone' }));
  t.same((await say('POST', '/jobs/gone/delete')).json(), { message: '作业 gone 及其相关资源已删除' });
  t.equal((await say('GET', '/jobs/gone')).status, 404);
  t.notMatch((await say('GET', '/jobs')).body, /gone/);
});

void t.test('restarts dead, complete and failed jobs', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'rest' }));
  const refused = await say('POST', '/jobs/rest/restart');
  t.equal(refused.status, 400);
  t.same(refused.json(), { error: '只能重启已停止的作业' });
  await say('DELETE', '/jobs/rest');
  t.match((await say('POST', '/jobs/rest/restart')).json(), {
    job_id: 'rest',
    evaluation_id: UUID,
    message: '作业重启评估已加入队列',
  });
  t.equal((await say('POST', '/jobs/rest/restart')).status, 400, 'a started job is not restarted');

  for (const outcome of ['complete', 'failed'] as const) {
    await say('POST', '/jobs', aJob({ job_id: outcome }));
    await happened(finished(outcome, 0, outcome));
    t.match((await say('GET', `/jobs/${outcome}`)).json(), { status: outcome });
    t.equal((await say('POST', `/jobs/${outcome}/restart`)).status, 200, outcome);
  }
});

void t.test('responds 404 作业不存在 on every route for an unknown job', async (t) => {
  const before = (await events()).length;
  const requests = [
    ['GET', '/jobs/x'],
    ['PUT', '/jobs/x', aJob()],
    ['DELETE', '/jobs/x'],
    ['POST', '/jobs/x/delete'],
    ['POST', '/jobs/x/restart'],
    ['GET', '/jobs/x/allocations/y/logs'],
  ] as const;
  for (const [method, url, body] of requests) {
    const answer = await say(method, url, body);
    t.equal(answer.status, 404, `${method} ${url}`);
    t.same(answer.json(), { error: '作业不存在' });
  }
  t.equal((await events()).length, before);
});

void t.test('shows allocations with the job version that they were placed from', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'all' }));
  const first = place('al-1', 'all');
  await happened(placed(first), started(first, 12.5));
  await say('PUT', '/jobs/all', {
    task_groups: [{ name: 'web', tasks: [{ name: 'other', config: { image: 'busybox', port: 80 } }] }],
  });
  await happened(placed(place('al-2', 'all', 0, 'web', 'n2'), 2, 0));
  const { allocations } = (await say('GET', '/jobs/all')).json() as { allocations: unknown[] };
  t.same(allocations[0], {
    allocation_id: 'al-1',
    node_id: 'n1',
    task_group: 'web',
    status: 'running',
    start_time: 12.5,
    end_time: null,
    tasks: {
      main: {
        resources: { cpu: 100, memory: 64 },
        config: { command: 'true' },
        status: 'running',
        start_time: 12.5,
        end_time: null,
        exit_code: null,
        message: null,
        healthy: true,
      },
    },
  });
  t.match(allocations[1], { allocation_id: 'al-2', tasks: {} });
  t.same(
    ((await say('GET', '/jobs')).json() as { jobs: { allocations: unknown[] }[] }).jobs.at(-1)?.allocations,
    allocations,
  );
});

void t.test('shows exit codes of ended allocations and reasons of blocked groups', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'end' }));
  const at = place('al-9', 'end');
  await happened(placed(at), started(at), {
    type: 'TaskExited',
    data: {
      ...at,
      task: 'main',
      status: 'failed',
      startTime: 1,
      endTime: 2.5,
      exitCode: 3,
      error: 'boom',
      message: null,
      usage: { memoryPeakMb: 12 },
      containerId: 'c0ffee',
    },
  });
  await happened(completed(at), blocked('end', 'e1'));
  const job = (await say('GET', '/jobs/end')).json();
  t.match(job, {
    blocked: { evaluation_id: 'e1', since: 1, reasons: { web: { unplaced: 1, short: { cpu: 100 } } } },
    allocations: [
      {
        tasks: {
          main: {
            status: 'failed',
            exit_code: 3,
            end_time: 2.5,
            message: 'boom',
            usage: { memory_peak_mb: 12 },
            container_id: 'c0ffee',
          },
        },
      },
    ],
  });
});

void t.test('filters lists by status, pages them by limit and after, and returns the count', async (t) => {
  for (const id of ['l1', 'l2', 'l3']) await say('POST', '/jobs', aJob({ job_id: id }));
  await say('DELETE', '/jobs/l2');
  const list = async (query: string) => {
    const { jobs, count } = (await say('GET', `/jobs${query}`)).json() as {
      jobs: { job_id: string }[];
      count: number;
    };
    t.equal(jobs.length, count);
    return jobs.map((job) => job.job_id);
  };
  t.same((await list('')).slice(-3), ['l1', 'l2', 'l3'], 'jobs are listed in creation order');
  t.ok((await list('?status=dead')).includes('l2'));
  t.notOk((await list('?status=dead')).includes('l1'));
  t.equal((await list('?limit=2')).length, 2);
  t.same(await list('?after=l1'), ['l2', 'l3']);
  t.same(await list('?after=l1&limit=1'), ['l2']);
  t.same(await list('?after=unknown'), []);
});

void t.test('hides jobs of other surfaces', async (t) => {
  const before = (await events()).length;
  const event = specified('JobSubmitted', 'gpu.1');
  await happened({
    ...event,
    data: { ...event.data, owner: { surface: 'gpu', tenant: null, principal: 'user:1' } },
  } as typeof event);
  for (const id of ['gpu.1', 'task.x', 'conda.x', 'service.x']) {
    const answer = await say('POST', '/jobs', aJob({ job_id: id }));
    t.equal(answer.status, 400, id);
    t.match(answer.json(), { error: /^job_id: / });
  }
  for (const [method, url] of [
    ['GET', '/jobs/gpu.1'],
    ['DELETE', '/jobs/gpu.1'],
    ['POST', '/jobs/gpu.1/restart'],
    ['POST', '/jobs/gpu.1/delete'],
  ] as const) {
    t.same((await say(method, url)).json(), { error: '作业不存在' }, `${method} ${url}`);
  }
  t.equal((await say('PUT', '/jobs/gpu.1', aJob())).status, 404);
  t.notMatch((await say('GET', '/jobs')).body, /gpu/);
  t.equal((await events()).length, before + 1);
});

void t.test('executes a repeated command once, with the same response', async (t) => {
  const before = (await events()).length;
  const key = { 'idempotency-key': 'k 1' };
  const first = await say('POST', '/jobs', aJob(), key);
  const again = await say('POST', '/jobs', aJob(), key);
  t.equal(again.body, first.body);
  t.equal(again.headers['x-muster-position'], first.headers['x-muster-position']);
  t.equal((await events()).length, before + 1);
  const other = await say('POST', '/jobs', aJob({ priority: 1 }), key);
  t.equal(other.status, 422);
  t.match(other.json(), { error: /^Idempotency-Key: / });
  const { job_id } = first.json() as { job_id: string };
  t.equal(
    (await say('DELETE', `/jobs/${job_id}`, undefined, key)).status,
    200,
    'the same key on another path is another command',
  );
  const restart = await say('POST', `/jobs/${job_id}/restart`, undefined, key);
  t.equal((await say('POST', `/jobs/${job_id}/restart`, undefined, key)).body, restart.body);
  t.equal((await events()).length, before + 3);
});
