import { join } from 'node:path';
import t, { type Test } from 'tap';
import { taken, type Submitted } from '../fixtures/api.js';
import { startBasicAgent, type BasicAgent } from '../fixtures/basic-agent.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { startServer, type Server } from '../fixtures/server.js';

t.setTimeout(600_000);

async function cluster(t: Test): Promise<{ server: Server; agent: BasicAgent }> {
  const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
  return { server, agent: await startBasicAgent(t, { serverUrl: server.url, nodeId: 'node', interval: 100 }) };
}

const eventsOf = async (server: Server, id: string): Promise<string[]> =>
  (await readEvents(server, { streamPrefixes: [`job-${id}`] })).map((event) => event.type);

void t.test('a job goes through all that can be asked of it, with the contract’s own messages', async (t) => {
  const { server, agent } = await cluster(t);
  const { api } = server;
  t.match(await api.submit(job('job')), { job_id: 'job', message: '作业评估已创建并加入队列' });
  await api.jobIs('job', 'running');
  t.same(await api.post('/jobs/job/restart').then(({ status, body }) => [status, body]), [400, { error: '只能重启已停止的作业' }]);
  t.same(await api.delete('/jobs/job').then(({ status, body }) => [status, body]), [200, { message: '作业 job 已停止' }]);
  await api.jobIs('job', 'dead');
  t.same(await api.delete('/jobs/job').then(({ status, body }) => [status, body]), [200, { message: '作业 job 已停止' }]);
  t.same(await eventsOf(server, 'job'), ['JobSubmitted', 'JobStopped'], 'DELETE of a dead job leaves no event');
  t.match(taken(await api.post<Submitted>('/jobs/job/restart')), { job_id: 'job', message: '作业重启评估已加入队列' });
  const restarted = await api.jobIs('job', 'running');
  agent.finish(restarted.allocations.find((each) => each.status === 'running')?.allocation_id ?? '', 1);
  await api.jobIs('job', 'failed');
  taken(await api.post('/jobs/job/restart'));
  await api.jobIs('job', 'running');
  taken(await api.delete('/jobs/job'));
  t.match(taken(await api.put<Submitted>('/jobs/job', job('job'))), { job_id: 'job', message: '作业更新评估已加入队列' });
  await api.jobIs('job', 'running');
  t.same(await api.post('/jobs/job/delete').then(({ status, body }) => [status, body]), [200, { message: '作业 job 及其相关资源已删除' }]);
  for (const [method, path] of [
    ['GET', '/jobs/job'],
    ['DELETE', '/jobs/job'],
    ['POST', '/jobs/job/restart'],
    ['POST', '/jobs/job/delete'],
  ] as const) {
    t.same(await api.call(method, path).then(({ status, body }) => [status, body]), [404, { error: '作业不存在' }], `${method} ${path}`);
  }
  t.same(await api.put('/jobs/job', job('job')).then(({ status, body }) => [status, body]), [404, { error: '作业不存在' }]);
  await eventually(() => agent.running().length === 0, { what: 'nothing left on the node' });
  t.match(await api.submit(job('job')), { job_id: 'job', message: '作业评估已创建并加入队列' }, 'a deleted id may be used anew');
  await api.jobIs('job', 'running');
  t.ok([...agent.begun.values()].every((times) => times === 1));
  await invariantsHold(t, server);
});

void t.test('a job whose count alone changes keeps what runs; another change replaces it, one slot never twice', async (t) => {
  const { server, agent } = await cluster(t);
  await server.api.submit(job('job', { count: 2 }));
  await server.api.jobIs('job', 'running');
  const two = [...agent.running()].sort();
  taken(await server.api.put('/jobs/job', job('job', { count: 5 })));
  await eventually(() => agent.running().length === 5, { what: 'five' });
  t.same(
    two.filter((id) => !agent.running().includes(id)),
    [],
    'the first two run on',
  );
  taken(await server.api.put('/jobs/job', job('job', { count: 1 })));
  await eventually(() => agent.running().length === 1, { what: 'one' });
  const [last] = agent.running();
  taken(await server.api.put('/jobs/job', job('job', { count: 1, memory: 33 })));
  await eventually(() => agent.running().length === 1 && agent.running()[0] !== last, { what: 'another one' });
  await server.api.jobIs('job', 'running');
  await invariantsHold(t, server);
});

void t.test('a group with a restart policy is tried as often as it says, and then has failed', async (t) => {
  const { server, agent } = await cluster(t);
  await server.api.submit(job('job', { restart: { attempts: 2, delay: 0.1 } }));
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const id = await eventually(() => agent.running()[0], { what: `attempt ${attempt}` });
    await server.api.jobIs('job', 'running');
    agent.finish(id, 1);
    await eventually(async () => (await server.api.job('job')).allocations.find((each) => each.allocation_id === id)?.status === 'failed');
  }
  await server.api.jobIs('job', 'failed');
  t.equal(agent.begun.size, 3);
  await invariantsHold(t, server);
});

void t.test('jobs submitted before any node is there are placed when one comes, also by a server that was killed meanwhile', async (t) => {
  const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
  for (let index = 0; index < 20; index += 1) await server.api.submit(job(`job-${index}`));
  await server.restart();
  await startBasicAgent(t, { serverUrl: server.url, nodeId: 'node', interval: 100, resources: { cpu: 100_000, memory: 100_000 } });
  for (let index = 0; index < 20; index += 1) await server.api.jobIs(`job-${index}`, 'running');
  await invariantsHold(t, server);
});
