import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { taken } from '../fixtures/api.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { Diary, job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });

void t.test('an ineligible node keeps its allocations and gets no new ones', async (t) => {
  const agent = await startAgent(t, server, { dataDir: join(ownFolder(t), 'agent') });
  const small = {
    cpu: 20,
    memory: 16,
    constraints: [{ attribute: 'node_id', operator: '=', value: agent.nodeId }],
  };
  await server.api.submit(job('before', small));
  await server.api.jobIs('before', 'running');
  taken(await server.api.post(`/nodes/${agent.nodeId}/eligibility`, { eligible: false }));
  await server.api.submit(job('after', small));
  await server.api.jobIs('after', 'blocked');
  t.equal((await server.api.job('before')).status, 'running');
  taken(await server.api.post(`/nodes/${agent.nodeId}/eligibility`, { eligible: true }));
  await server.api.jobIs('after', 'running');
  // Keeps the work of the next test away from this node.
  taken(await server.api.post(`/nodes/${agent.nodeId}/eligibility`, { eligible: false }));
});

void t.test(
  'a drained node hands over its work without running a slot twice, and takes work again when the drain ends',
  async (t) => {
    const folder = ownFolder(t);
    const diary = new Diary(join(folder, 'diary'));
    mkdirSync(diary.folder);
    const first = await startAgent(t, server, { dataDir: join(folder, 'a') });
    const ids = Array.from({ length: 6 }, (_, index) => `job-${index}`);
    for (const id of ids)
      await server.api.submit(
        job(id, { command: diary.command(id, 3600), cpu: 20, memory: 16, killTimeout: 2 }),
      );
    for (const id of ids) await server.api.jobIs(id, 'running');
    const second = await startAgent(t, server, { dataDir: join(folder, 'b') });

    taken(await server.api.post(`/nodes/${first.nodeId}/drain`, { enable: true }));
    await eventually(
      async () => {
        const jobs = await server.api.jobs();
        const elsewhere = jobs.filter((each) =>
          each.allocations.some(
            (allocation) => allocation.node_id === second.nodeId && allocation.status === 'running',
          ),
        );
        if (elsewhere.length !== ids.length) throw new Error(`${elsewhere.length} of ${ids.length} moved`);
        return true;
      },
      { timeout: 40_000, what: 'all work on the other node' },
    );
    await eventually(() => ids.every((id) => diary.count(id, 'started') >= 2), {
      what: 'the first line of every moved task',
    });
    for (const id of ids)
      t.same(
        [diary.count(id, 'started'), diary.count(id, 'stopped'), diary.count(id, 'doubled')],
        [2, 1, 0],
        `${id} was stopped before it was started elsewhere`,
      );

    await server.api.submit(job('late', { cpu: 20, memory: 16 }));
    t.equal(
      (await server.api.jobIs('late', 'running')).allocations[0]?.node_id,
      second.nodeId,
      'a draining node gets no new allocations',
    );

    taken(await server.api.post(`/nodes/${first.nodeId}/drain`, { enable: false }));
    await server.api.submit(
      job('back', {
        cpu: 20,
        memory: 16,
        constraints: [{ attribute: 'node_id', operator: '=', value: first.nodeId }],
      }),
    );
    await server.api.jobIs('back', 'running');
    await invariantsHold(t, server);
  },
);
