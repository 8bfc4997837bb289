import { join } from 'node:path';
import t from 'tap';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { GpuAccount } from '../fixtures/gpu-account.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

void t.test(
  'later claims of one GPU do not overtake a claim of two GPUs, and are shown as waiting',
  async (t) => {
    const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
    const users: GpuAccount[] = [];
    for (const name of ['ann', 'ben', 'cal', 'dan'])
      users.push(await GpuAccount.register(server.api, name, 'password123', 'busybox'));
    const [ann, ben, cal, dan] = users as [GpuAccount, GpuAccount, GpuAccount, GpuAccount];
    const { id: nodeId } = (
      await server.api.post<{ id: string }>('/api/nodes/register', { hostname: 'gpu-node-01' })
    ).body;
    const agent = await startBasicAgent(t, { serverUrl: server.url, nodeId, resources: { gpus: 2 } });

    const first = (await ann.tryToClaim(1)).body.id;
    await ann.is(first, { phase: 'Running' });
    const large = (await ben.tryToClaim(2)).body.id;
    await ben.is(large, { phase: 'Pending', reason: 'WaitingForGpu' });
    const [one, other] = [(await cal.tryToClaim(1)).body.id, (await dan.tryToClaim(1)).body.id];
    await cal.is(one, { phase: 'Pending', reason: 'WaitingForGpu' });
    await dan.is(other, { phase: 'Pending', reason: 'WaitingForGpu' });
    t.equal(agent.running().length, 1, 'the free GPU is still reserved');

    agent.finish([...agent.running()][0] ?? '', 0);
    await ben.is(large, { phase: 'Running' });
    agent.finish([...agent.running()][0] ?? '', 0);
    await cal.is(one, { phase: 'Running' });
    await dan.is(other, { phase: 'Running' });
    await invariantsHold(t, server);
  },
);

void t.test('small jobs do not overtake a large job until it is stopped', async (t) => {
  const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
  await startBasicAgent(t, { serverUrl: server.url, nodeId: 'a', resources: { cpu: 1000, memory: 1000 } });
  await server.api.submit(job('first', { cpu: 600 }));
  await server.api.jobIs('first', 'running');
  await server.api.submit(job('large', { cpu: 1000 }));
  await server.api.jobIs('large', 'blocked');
  await server.api.submit(job('small', { cpu: 300 }));
  await server.api.jobIs('small', 'blocked');
  t.match((await server.api.job('small')).blocked, {
    reasons: { main: { exhausted: { 'reserved for earlier work': 1 } } },
  });
  t.equal((await server.api.delete('/jobs/large')).status, 200);
  await server.api.jobIs('small', 'running');
  await eventually(async () => (await server.api.job('small')).blocked === undefined);
  await invariantsHold(t, server);
});
