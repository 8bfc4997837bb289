import { join } from 'node:path';
import t from 'tap';
import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { startAgent } from '../fixtures/agent.js';
import { readEvents } from '../fixtures/event-log.js';
import { ownFolder } from '../fixtures/folder.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

const password = 'password123';
const ROUNDS = 10;

void t.test('two administrators who change the same thing at the same moment', async (t) => {
  const folder = ownFolder(t);
  const server = await startServer(t, {
    dataDir: join(folder, 'server'),
    env: { MUSTER_ADMIN_PASSWORD: password },
  });
  const { nodeId } = await startAgent(t, server, { dataDir: join(folder, 'agent') });
  const one = await TaskAccount.logIn(server.api, 'admin', password);
  const body = { username: 'two', password, role: 'admin' };
  t.equal((await server.api.post('/api/auth/users', body, { headers: one.headers })).status, 201);
  const two = await TaskAccount.logIn(server.api, 'two', password);

  type Request = readonly [method: 'post' | 'put', path: string, body: object];
  const together = async (...requests: readonly Request[]) =>
    await Promise.all(
      requests.map(
        async ([method, path, change], index) =>
          await (index % 2 === 0 ? one : two).call<Record<string, unknown>>(method, path, change),
      ),
    );
  const eventsOf = async (...types: RecordedMusterEvent['type'][]) => {
    const events = (await readEvents(server)).filter(({ type }) => types.includes(type));
    const positions = events.map(({ position }) => position);
    t.strictSame(
      positions,
      [...new Set(positions)].toSorted((a, b) => Number(a - b)),
      'one after the other',
    );
    return events;
  };

  await t.test(
    'one value: both are carried out, one after the other, and the last is in force',
    async (t) => {
      const of = `/nodes/${nodeId}`;
      for (let round = 0; round < ROUNDS; round += 1)
        for (const { status } of await together(
          ['post', `${of}/eligibility`, { eligible: false }],
          ['post', `${of}/eligibility`, { eligible: true }],
          ['post', `${of}/drain`, { enable: true }],
          ['post', `${of}/drain`, { enable: false }],
          ['put', '/api/quotas/tenants/a/tasks', { limit: '5' }],
          ['put', '/api/quotas/tenants/a/tasks', { limit: '7' }],
        ))
          t.equal(status, 200);
      const [node] = (
        await server.api.get<{ nodes: Record<string, unknown>[] }>('/nodes', { headers: one.headers })
      ).body.nodes;
      const eligible = (await eventsOf('NodeEligibilitySet')).at(-1);
      t.match(eligible, { data: { eligible: node?.['eligible'] } });
      const drain = (await eventsOf('NodeDrainStarted', 'NodeDrainEnded')).at(-1);
      t.equal(node?.['draining'], drain?.type === 'NodeDrainStarted');
      const quotas = await one.call<{ quota: string; of: string; limit: number }[]>(
        'get',
        '/api/quotas/tenants?tenant_id=a',
      );
      const limit = quotas.body.data.find(({ quota, of }) => quota === 'tasks' && of === 'tenant')?.limit;
      t.match((await eventsOf('QuotaSet')).at(-1), { data: { limit: String(limit) } });
    },
  );

  await t.test('different fields of a worker: both are in force', async (t) => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const changed = await together(
        ['put', `/api/workers/${nodeId}`, { max_tasks: round }],
        ['put', `/api/workers/${nodeId}`, { tags: [`t${round}`] }],
      );
      t.strictSame(
        changed.map(({ status }) => status),
        [200, 200],
      );
      const { body: worker } = await one.call('get', `/api/workers/${nodeId}`);
      t.match(worker.data, { max_tasks: round, tags: [`t${round}`] });
    }
  });

  await t.test(
    'different fields of a task: what is acknowledged is in force, else it is refused',
    async (t) => {
      const { id } = await one.create({ name: 'shared', command: 'true' });
      let refused = 0;
      for (let round = 1; round <= ROUNDS; round += 1) {
        const wanted = [{ description: `d${round}` }, { timeout_seconds: round }] as const;
        const changed = await together(
          ['put', `/api/tasks/${id}`, wanted[0]],
          ['put', `/api/tasks/${id}`, wanted[1]],
        );
        const task = await one.task(id);
        changed.forEach(({ status, body: said }, index) => {
          if (status === 200) t.match(task, wanted[index]!, 'an acknowledged change');
          else {
            refused += 1;
            t.equal(status, 409);
            t.match(said.message, /task \d+ was changed by another request at the same time; read it again/);
          }
        });
        t.ok(
          changed.some(({ status }) => status === 200),
          'one wins',
        );
      }
      t.comment(`${refused} of ${2 * ROUNDS} changes were refused`);
    },
  );
});
