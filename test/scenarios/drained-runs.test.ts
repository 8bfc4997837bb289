import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { taken } from '../fixtures/api.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

const PASSWORD = 'password123';

void t.test(
  'a drain waits for runs, and a run that it stops is repeated only if its task allows it',
  async (t) => {
    const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: PASSWORD } });
    const agent = await startAgent(t, server, { dataDir: join(ownFolder(t), 'agent') });
    const account = await TaskAccount.logIn(server.api, 'admin', PASSWORD);
    const drain = async (body: object): Promise<void> =>
      void taken(await server.api.post(`/nodes/${agent.nodeId}/drain`, body));

    const short = await account.create({ name: 'short', command: 'sleep 8' });
    const once = await account.create({ name: 'once', command: 'sleep 600', on_lost: 'fail' });
    const again = await account.create({ name: 'again', command: 'sleep 600' });
    for (const { id } of [short, once, again]) {
      await account.trigger(id);
      await account.is(id, 1, 'running');
    }

    await drain({ enable: true });
    const node = async () => (await server.api.nodes()).find(({ node_id: id }) => id === agent.nodeId);
    t.match(await node(), { draining: true, drain_until: Number });
    t.match(await account.run(once.id, 1), { status: 'running' }, 'the drain waits');
    t.match(await account.is(short.id, 1, 'success'), { attempt: 1, former_tries: [] });

    await drain({ enable: true, deadline_seconds: 0 });
    t.match(await account.is(once.id, 1, 'failed'), {
      reason: 'interrupted',
      attempt: 1,
      message: 'stopped, because its worker was drained',
      former_tries: [],
    });
    t.match(await account.is(again.id, 1, 'retrying'), {
      former_tries: [{ attempt: 1, after: 'lost', message: 'stopped, because its worker was drained' }],
    });
    await drain({ enable: false });
    const repeated = await account.is(again.id, 1, 'running');
    t.equal(repeated.former_tries.length, 1, 'the second execution is listed as such');
    t.notSame(repeated.former_tries[0]?.started_at, repeated.started_at);
    t.match(await account.run(once.id, 1), { status: 'failed' }, 'not even after the drain');
    await invariantsHold(t, server);
  },
);
