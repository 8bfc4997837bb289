import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { eventually } from '../fixtures/eventually.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';
import { ServicesUser } from '../fixtures/services-user.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(600_000);
const password = 'password123';

/** Responds at `/`, and never at other paths. */
const target = createServer((request, response) => {
  if (request.url === '/') response.end();
});
await new Promise<void>((listens) => target.listen(0, '127.0.0.1', listens));
t.teardown(() => target.close().closeAllConnections());
const { port } = target.address() as AddressInfo;
const url = `http://127.0.0.1:${port}`;

void t.test('whatever one account starts while it is alone, another starts at once', async (t) => {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const dockerd = await startDockerd();
  t.teardown(() => dockerd.stop());
  await dockerd.importImage('waits:1', ['CMD ["/bin/busybox", "sleep", "3600"]']);
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: password } });
  await startAgent(t, server, {
    env: {
      DOCKER_HOST: dockerd.host,
      MUSTER_HTTP_ALLOW: `127.0.0.1:${port}`,
      MUSTER_AGENT_RESOURCES: 'cpu=2000,memory=4000,slots=10',
    },
  });
  const root = await TaskAccount.logIn(server.api, 'admin', password);
  const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token };
  for (const username of ['greedy', 'bob'])
    await root.call('post', '/api/auth/users', { username, password, role: 'user' });
  await server.api.post('/api/auth/register', { username: 'mallory', password });
  const resources = { cpu: 10, memory: 10 };
  const startsOf = async (account: TaskAccount, changes: object, count: number): Promise<number> => {
    const ids: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const task = await account.create({ name: `t${index}`, executor: 'http', resources, ...changes });
      await account.trigger(task.id);
      ids.push(task.id);
    }
    const runs = await eventually(
      async () => {
        const all = await Promise.all(ids.map(async (id) => await account.run(id, 1)));
        return all.every(({ status, reason }) => status === 'running' || reason === 'over_quota')
          ? all
          : undefined;
      },
      { timeout: 60_000, what: 'runs that run or wait for a quota' },
    );
    return runs.filter(({ status }) => status === 'running').length;
  };
  const bobStarts = async (name: string): Promise<void> => {
    const bob = await TaskAccount.logIn(server.api, 'bob', password);
    const task = await bob.create({ name, executor: 'http', url, priority: 'critical', resources });
    await bob.trigger(task.id);
    await bob.is(task.id, 1, 'success', 30_000);
  };

  // The share of an account that registered itself is a part of what all of them share.
  for (const [username, cpu, slots] of [
    ['mallory', 1125, 5],
    ['greedy', 1500, 7],
  ] as const) {
    const services = await ServicesUser.logIn(server.api, username, password);
    const start = async (type: string, wanted: number): Promise<string> => {
      const config = {
        image: 'waits:1',
        resources: { cpu: wanted, memory: 32 },
        update: { min_healthy_seconds: 1 },
      };
      const { id } = (await services.post('/services', { name: type, type, config })).body;
      t.equal((await services.post(`/services/${id}/start`)).status, 200);
      return id;
    };
    const whole = await start('web', 2000);
    const reason = await eventually(
      async () => {
        const { deployments } = await services.get<{ deployments: { waits_for: string | null }[] }>(
          `/services/${whole}/deployments`,
        );
        const message = deployments[0]?.waits_for;
        return message ?? undefined;
      },
      { timeout: 60_000, what: 'the reason why the service waits' },
    );
    const told = `quota cpu of its tenant: 2000 requested, the limit is ${cpu};`;
    t.match(reason, `${told} request less, or ask an operator to raise the quota`);
    t.match(await muster(['service', 'why', whole], env), { code: 0, stdout: new RegExp(told) });
    const large = await start('worker', cpu - 100);
    await services.settled(large, 1);
    await bobStarts(`during a service of ${username}`);

    const account = await TaskAccount.logIn(server.api, username, password);
    const calls = await startsOf(account, { url: `${url}/never`, timeout_seconds: 3600 }, 10);
    t.equal(calls, slots, `lasting calls of ${username} leave slots`);
    await bobStarts(`during calls of ${username}`);
    for (const { id } of await account.tasks()) await account.call('delete', `/api/tasks/${id}`);
    for (const id of [whole, large]) await services.post(`/services/${id}/stop`);
    await eventually(
      async () =>
        (await server.api.nodes())[0]?.allocations.every(
          ({ status }) => !['pending', 'running'].includes(status),
        ),
      { timeout: 60_000, what: 'an idle node' },
    );
  }

  const greedy = await TaskAccount.logIn(server.api, 'greedy', password);
  const short = { url: `${url}/never`, timeout_seconds: 20 };
  t.equal(await startsOf(greedy, short, 10), 10, 'short calls may use the whole cluster');
  await bobStarts('during short calls');
  await invariantsHold(t, server);
});
