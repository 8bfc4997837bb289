import { join } from 'node:path';
import t from 'tap';
import { taken } from '../fixtures/api.js';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });

void t.test('a repeated registration changes no running allocation', async (t) => {
  const agent = await startBasicAgent(t, { serverUrl: server.url, nodeId: 'node' });
  await server.api.submit(job('job', { count: 3 }));
  await server.api.jobIs('job', 'running');
  const before = [...agent.running()].sort();
  for (let times = 0; times < 10; times += 1) t.equal((await agent.register()).status, 200);
  for (let times = 0; times < 5; times += 1) t.equal((await agent.heartbeat()).status, 200);
  await server.api.submit(job('marker'));
  await server.api.jobIs('marker', 'running');
  const marker = (await server.api.job('marker')).allocations[0]?.allocation_id;
  t.same([...agent.running()].filter((id) => id !== marker).sort(), before);
  t.ok(
    [...agent.begun.values()].every((times) => times === 1),
    'no allocation was started twice',
  );
  // Keeps the work of the next test away from this node, and removes work of this test that waits for capacity.
  taken(await server.api.post('/nodes/node/eligibility', { eligible: false }));
  for (const id of ['job', 'marker']) taken(await server.api.delete(`/jobs/${id}`));
});

void t.test(
  'a node that registers again with less capacity keeps the allocations that fit, and the others move to other nodes',
  async (t) => {
    const shrinks = await startBasicAgent(t, {
      serverUrl: server.url,
      nodeId: 'shrinks',
      resources: { cpu: 1000, memory: 1000 },
    });
    const ids = Array.from({ length: 10 }, (_, index) => `job-${index}`);
    for (const id of ids) await server.api.submit(job(id, { cpu: 100, memory: 10 }));
    for (const id of ids) await server.api.jobIs(id, 'running');
    t.equal(shrinks.running().length, 10);

    shrinks.resources = { cpu: 400, memory: 1000 };
    t.equal((await shrinks.register()).status, 200);
    await eventually(() => shrinks.running().length === 4, {
      what: 'four of ten allocations left on the node',
    });
    await eventually(
      async () => (await server.api.jobs()).filter((each) => each.status === 'blocked').length === 6,
      { what: 'six blocked jobs' },
    );
    t.equal((await server.api.jobs()).filter((each) => each.status === 'running').length, 4);
    t.equal((await server.api.node('shrinks')).resources['cpu'], 400);

    const spare = await startBasicAgent(t, {
      serverUrl: server.url,
      nodeId: 'spare',
      resources: { cpu: 1000, memory: 1000 },
    });
    for (const id of ids) await server.api.jobIs(id, 'running');
    t.same([shrinks.running().length, spare.running().length], [4, 6]);
    await invariantsHold(t, server);
  },
);
