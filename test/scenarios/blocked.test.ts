import { join } from 'node:path';
import t from 'tap';
import type { JobView } from '../fixtures/api.js';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { group, job, type GroupOptions } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
const { api } = server;

/** Restricts a job to the nodes of its test, whose names begin with this prefix. */
const on = (nodes: string): GroupOptions => ({
  constraints: [{ attribute: 'node_id', operator: 'regex', value: `^${nodes}-` }],
});

/** Waits until the job reports the expected reason. While a node joins, the first reason may be a missing node instead of a resource. */
async function blockedFor(id: string, what: RegExp): Promise<JobView> {
  return await eventually(
    async () => {
      const job = await api.jobIs(id, 'blocked');
      return what.test(JSON.stringify(job.blocked)) ? job : undefined;
    },
    { what: `blocked reasons of ${id} that match ${what.source}` },
  );
}

void t.test(
  'a job that fits nowhere is blocked with reasons, and is placed when a node with enough capacity registers',
  async (t) => {
    await startBasicAgent(t, {
      serverUrl: server.url,
      nodeId: 'first-small',
      resources: { cpu: 100, memory: 100 },
    });
    await api.submit(job('big', { ...on('first'), cpu: 500, memory: 50 }));
    const blocked = await blockedFor('big', /cpu/);
    t.same(blocked.allocations, []);
    await startBasicAgent(t, {
      serverUrl: server.url,
      nodeId: 'first-large',
      resources: { cpu: 1000, memory: 1000 },
    });
    const placed = await api.jobIs('big', 'running');
    t.equal(placed.allocations[0]?.node_id, 'first-large');
  },
);

void t.test(
  'a job that waits for capacity is placed when another job ends, is stopped or is deleted',
  async (t) => {
    const agent = await startBasicAgent(t, {
      serverUrl: server.url,
      nodeId: 'second-node',
      resources: { cpu: 300, memory: 300 },
    });
    for (const id of ['ends', 'is-stopped', 'is-deleted']) {
      await api.submit(job(id, { ...on('second'), cpu: 100, memory: 100 }));
      await api.jobIs(id, 'running');
    }
    for (const id of ['waits-1', 'waits-2', 'waits-3']) {
      await api.submit(job(id, { ...on('second'), cpu: 100, memory: 100 }));
      await api.jobIs(id, 'blocked');
    }
    const ends = (await api.job('ends')).allocations[0]?.allocation_id ?? '';
    agent.finish(ends);
    await api.jobIs('ends', 'complete');
    await api.jobIs('waits-1', 'running');
    t.equal((await api.job('waits-2')).status, 'blocked', 'no more jobs are placed than fit');
    await api.delete('/jobs/is-stopped');
    await api.jobIs('waits-2', 'running');
    await api.post('/jobs/is-deleted/delete');
    await api.jobIs('waits-3', 'running');
    t.equal((await api.get('/jobs/is-deleted')).status, 404);
  },
);

void t.test('a constraint that no node meets blocks only its own group', async (t) => {
  await startBasicAgent(t, { serverUrl: server.url, nodeId: 'third-node' });
  await api.submit({
    job_id: 'half',
    task_groups: [
      group({ ...on('third'), name: 'fits' }),
      group({ name: 'fits-not', constraints: [{ attribute: 'disk', operator: '=', value: 'ssd' }] }),
    ],
    constraints: {},
  });
  const degraded = await api.jobIs('half', 'degraded');
  t.same(
    degraded.allocations.map((each) => each.task_group),
    ['fits'],
  );
  t.match(JSON.stringify(degraded.blocked), /fits-not/);
});

void t.test('a host port is assigned at most once on each node', async (t) => {
  for (const nodeId of ['fourth-a', 'fourth-b']) await startBasicAgent(t, { serverUrl: server.url, nodeId });
  for (const id of ['one', 'two', 'three'])
    await api.submit(job(id, { ...on('fourth'), image: 'web', port: 8099 }));
  const placed = [await api.jobIs('one', 'running'), await api.jobIs('two', 'running')];
  t.same(placed.map((each) => each.allocations[0]?.node_id).sort(), ['fourth-a', 'fourth-b']);
  t.ok(await blockedFor('three', /8099/));
  await api.delete('/jobs/one');
  await api.jobIs('three', 'running');
});

void t.test(
  'after these tests every read model equals a rebuild, and the plan log is consistent',
  async (t) => {
    await invariantsHold(t, server);
  },
);
