import { join } from 'node:path';
import t, { type Test } from 'tap';
import { taken, type Submitted } from '../fixtures/api.js';
import { startBasicAgent, type BasicAgent } from '../fixtures/basic-agent.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job, type GroupOptions } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
const { api } = server;

/** Starts a node for this test, and returns a factory of jobs that only this node may run. */
async function place(
  t: Test,
  nodeId: string,
): Promise<{ agent: BasicAgent; jobHere: (options?: GroupOptions) => Record<string, unknown> }> {
  const agent = await startBasicAgent(t, { serverUrl: server.url, nodeId, interval: 100 });
  const constraints = [{ attribute: 'node_id', operator: '=', value: nodeId }];
  return { agent, jobHere: (options = {}) => job(nodeId, { constraints, ...options }) };
}

const eventsOf = async (id: string): Promise<string[]> =>
  (await readEvents(server, { streamPrefixes: [`job-${id}`] })).map((event) => event.type);

void t.test("all requests about a job succeed and return the contract's messages", async (t) => {
  const { agent, jobHere } = await place(t, 'job');
  t.match(await api.submit(jobHere()), { job_id: 'job', message: '作业评估已创建并加入队列' });
  await api.jobIs('job', 'running');
  t.same(await api.post('/jobs/job/restart').then(({ status, body }) => [status, body]), [
    400,
    { error: '只能重启已停止的作业' },
  ]);
  t.same(await api.delete('/jobs/job').then(({ status, body }) => [status, body]), [
    200,
    { message: '作业 job 已停止' },
  ]);
  await api.jobIs('job', 'dead');
  t.same(await api.delete('/jobs/job').then(({ status, body }) => [status, body]), [
    200,
    { message: '作业 job 已停止' },
  ]);
  t.same(await eventsOf('job'), ['JobSubmitted', 'JobStopped'], 'DELETE of a dead job leaves no event');
  t.match(taken(await api.post<Submitted>('/jobs/job/restart')), {
    job_id: 'job',
    message: '作业重启评估已加入队列',
  });
  await api.jobIs('job', 'running');
  // With the production wiring, a job and its allocations are two documents, written one after the other.
  const restarted = await eventually(
    async () => (await api.job('job')).allocations.find((each) => each.status === 'running'),
    { what: 'a running allocation of the job' },
  );
  agent.finish(restarted.allocation_id, 1);
  await api.jobIs('job', 'failed');
  taken(await api.post('/jobs/job/restart'));
  await api.jobIs('job', 'running');
  taken(await api.delete('/jobs/job'));
  t.match(taken(await api.put<Submitted>('/jobs/job', jobHere())), {
    job_id: 'job',
    message: '作业更新评估已加入队列',
  });
  await api.jobIs('job', 'running');
  t.same(await api.post('/jobs/job/delete').then(({ status, body }) => [status, body]), [
    200,
    { message: '作业 job 及其相关资源已删除' },
  ]);
  for (const [method, path] of [
    ['GET', '/jobs/job'],
    ['DELETE', '/jobs/job'],
    ['POST', '/jobs/job/restart'],
    ['POST', '/jobs/job/delete'],
  ] as const) {
    t.same(
      await api.call(method, path).then(({ status, body }) => [status, body]),
      [404, { error: '作业不存在' }],
      `${method} ${path}`,
    );
  }
  t.same(await api.put('/jobs/job', jobHere()).then(({ status, body }) => [status, body]), [
    404,
    { error: '作业不存在' },
  ]);
  await eventually(() => agent.running().length === 0, { what: 'nothing left on the node' });
  t.match(
    await api.submit(jobHere()),
    { job_id: 'job', message: '作业评估已创建并加入队列' },
    'the id of a deleted job can be used again',
  );
  await api.jobIs('job', 'running');
  t.ok([...agent.begun.values()].every((times) => times === 1));
});

void t.test(
  "changing only a job's count keeps its allocations, and other changes replace them without running a slot twice",
  async (t) => {
    const { agent, jobHere } = await place(t, 'counts');
    await api.submit(jobHere({ count: 2 }));
    await api.jobIs('counts', 'running');
    const two = [...agent.running()].sort();
    taken(await api.put('/jobs/counts', jobHere({ count: 5 })));
    await eventually(() => agent.running().length === 5, { what: 'five running allocations' });
    t.same(
      two.filter((id) => !agent.running().includes(id)),
      [],
      'the first two allocations keep running',
    );
    taken(await api.put('/jobs/counts', jobHere({ count: 1 })));
    await eventually(() => agent.running().length === 1, { what: 'one running allocation' });
    const [last] = agent.running();
    taken(await api.put('/jobs/counts', jobHere({ count: 1, memory: 33 })));
    await eventually(() => agent.running().length === 1 && agent.running()[0] !== last, {
      what: 'a replacement of the allocation',
    });
    await api.jobIs('counts', 'running');
  },
);

void t.test('a group with a restart policy fails when its attempts are used up', async (t) => {
  const { agent, jobHere } = await place(t, 'tries');
  await api.submit(jobHere({ restart: { attempts: 2, delay: 0.1 } }));
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const id = await eventually(() => agent.running()[0], { what: `attempt ${attempt}` });
    await api.jobIs('tries', 'running');
    agent.finish(id, 1);
    await eventually(
      async () =>
        (await api.job('tries')).allocations.find((each) => each.allocation_id === id)?.status === 'failed',
    );
  }
  await api.jobIs('tries', 'failed');
  t.equal(agent.begun.size, 3);
});

void t.test(
  'a group with a reschedule policy is placed again, with a growing delay, when its restarts are used up',
  async (t) => {
    const { agent, jobHere } = await place(t, 'goes-on');
    const group = {
      restart: { attempts: 1, delay: 0.05, interval: 600 },
      reschedule: { delay: 0.1, max_delay: 0.4 },
    };
    await api.submit(jobHere(group));
    for (let attempt = 0; attempt < 7; attempt += 1) {
      const id = await eventually(() => agent.running()[0], { what: `attempt ${attempt}` });
      agent.finish(id, 1);
      await eventually(() => !agent.running().includes(id), { what: `the end of attempt ${attempt}` });
    }
    const released = await eventually(
      async () => {
        const events = await readEvents(server);
        const found = events.flatMap((event) =>
          event.type === 'AllocationReleased' && event.data.jobId === 'goes-on' ? [event.data] : [],
        );
        return found.length >= 7 ? found : undefined;
      },
      { what: 'seven ends in the log' },
    );
    await api.jobIs('goes-on', 'running');
    t.strictSame(
      released.map(({ rescheduled = false }) => rescheduled),
      [false, true, false, true, false, true, false],
    );
  },
);

void t.test(
  'after these tests every read model equals a rebuild, and the plan log is consistent',
  async (t) => {
    await invariantsHold(t, server);
  },
);

void t.test(
  'jobs submitted before any node has registered are placed once one does, even after a kill of the server',
  async (t) => {
    const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
    for (let index = 0; index < 20; index += 1) await server.api.submit(job(`job-${index}`));
    await server.restart();
    await startBasicAgent(t, {
      serverUrl: server.url,
      nodeId: 'node',
      interval: 100,
      resources: { cpu: 100_000, memory: 100_000 },
    });
    for (let index = 0; index < 20; index += 1) await server.api.jobIs(`job-${index}`, 'running');
    await invariantsHold(t, server);
  },
);
