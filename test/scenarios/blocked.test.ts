import { join } from 'node:path';
import t from 'tap';
import type { JobView } from '../fixtures/api.js';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { group, job } from '../fixtures/jobs.js';
import { startServer, type Server } from '../fixtures/server.js';

t.setTimeout(600_000);

/** Waits until the job says what it lacks. Planned together with a node's coming it lacks the node; a look later, what the node is short of. */
async function blockedFor({ api }: Server, id: string, what: RegExp): Promise<JobView> {
  return await eventually(
    async () => {
      const job = await api.jobIs(id, 'blocked');
      return what.test(JSON.stringify(job.blocked)) ? job : undefined;
    },
    { what: `reasons of ${id} that say ${what.source}` },
  );
}

void t.test('a job that fits nowhere is blocked with its reasons, and is placed as soon as a node with room registers', async (t) => {
  const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
  await startBasicAgent(t, { serverUrl: server.url, nodeId: 'small', resources: { cpu: 100, memory: 100 } });
  await server.api.submit(job('big', { cpu: 500, memory: 50 }));
  const blocked = await blockedFor(server, 'big', /cpu/);
  t.same(blocked.allocations, []);
  await startBasicAgent(t, { serverUrl: server.url, nodeId: 'large', resources: { cpu: 1000, memory: 1000 } });
  const placed = await server.api.jobIs('big', 'running');
  t.equal(placed.allocations[0]?.node_id, 'large');
  await invariantsHold(t, server);
});

void t.test('a job that waits for room is placed when another ends, is stopped or is deleted', async (t) => {
  const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
  const agent = await startBasicAgent(t, { serverUrl: server.url, nodeId: 'node', resources: { cpu: 300, memory: 300 } });
  for (const id of ['ends', 'is-stopped', 'is-deleted']) {
    await server.api.submit(job(id, { cpu: 100, memory: 100 }));
    await server.api.jobIs(id, 'running');
  }
  for (const id of ['waits-1', 'waits-2', 'waits-3']) {
    await server.api.submit(job(id, { cpu: 100, memory: 100 }));
    await server.api.jobIs(id, 'blocked');
  }
  const ends = (await server.api.job('ends')).allocations[0]?.allocation_id ?? '';
  agent.finish(ends);
  await server.api.jobIs('ends', 'complete');
  await server.api.jobIs('waits-1', 'running');
  t.equal((await server.api.job('waits-2')).status, 'blocked', 'only as many are woken as there is room');
  await server.api.delete('/jobs/is-stopped');
  await server.api.jobIs('waits-2', 'running');
  await server.api.post('/jobs/is-deleted/delete');
  await server.api.jobIs('waits-3', 'running');
  t.equal((await server.api.get('/jobs/is-deleted')).status, 404);
  await invariantsHold(t, server);
});

void t.test('a constraint that no node meets blocks only its own group', async (t) => {
  const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
  await startBasicAgent(t, { serverUrl: server.url, nodeId: 'node' });
  await server.api.submit({
    job_id: 'half',
    task_groups: [group({ name: 'fits' }), group({ name: 'fits-not', constraints: [{ attribute: 'disk', operator: '=', value: 'ssd' }] })],
    constraints: {},
  });
  const degraded = await server.api.jobIs('half', 'degraded');
  t.same(
    degraded.allocations.map((each) => each.task_group),
    ['fits'],
  );
  t.match(JSON.stringify(degraded.blocked), /fits-not/);
  await invariantsHold(t, server);
});

void t.test('a host port is given once a node', async (t) => {
  const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
  for (const nodeId of ['a', 'b']) await startBasicAgent(t, { serverUrl: server.url, nodeId });
  for (const id of ['one', 'two', 'three']) await server.api.submit(job(id, { image: 'web', port: 8099 }));
  const placed = [await server.api.jobIs('one', 'running'), await server.api.jobIs('two', 'running')];
  t.same(placed.map((each) => each.allocations[0]?.node_id).sort(), ['a', 'b']);
  t.ok(await blockedFor(server, 'three', /8099/));
  await server.api.delete('/jobs/one');
  await server.api.jobIs('three', 'running');
  await invariantsHold(t, server);
});
