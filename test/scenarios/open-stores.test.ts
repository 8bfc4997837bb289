import t from 'tap';
import { AgentProcess, startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/free-port.js';
import { canBeOthers } from '../fixtures/other-user.js';
import { muster } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount, type RunView } from '../fixtures/task-account.js';

t.setTimeout(180_000 * PATIENCE);

const password = 'password123';

void t.test(
  "tenants' processes wait with a reason while they could reach an open event store, unless a setting allows it",
  async (t) => {
    if (!required(t, canBeOthers(), 'root, setpriv')) return;
    const port = await freePort();
    const server = await startServer(t, {
      env: {
        MUSTER_ADMIN_PASSWORD: password,
        MUSTER_EVENTSTORE_LISTEN: `127.0.0.1:${port}`,
        MUSTER_LOCAL_ACCESS: 'open',
      },
    });
    // The run is pending before the node joins. It must not be placed before the agent knows that the store is open.
    const root = await TaskAccount.logIn(server.api, 'admin', password);
    const { id } = await root.create({ name: 'a', command: 'true' });
    await root.trigger(id);
    const agent = await startAgent(t, server);
    const attributes = async () =>
      (await server.api.nodes()).find(({ node_id }) => node_id === agent.nodeId)?.attributes;
    const expected = {
      'exec.tenants': 'refused',
      'exec.tenants_refused_for': 'open_store',
      'exec.open_stores': `EventStoreDB at 127.0.0.1:${port}`,
    };
    await eventually(async () => (await attributes())?.['exec.tenants'] === 'refused', {
      timeout: 30_000,
      what: 'a node that refuses tenants',
    });
    t.match(await attributes(), expected);
    const shown = await muster(['node', 'status', agent.nodeId], { MUSTER_SERVER_URL: server.url });
    t.match(
      shown.stdout,
      new RegExp(
        `does not require credentials.*MUSTER_TENANTS_REACH_OPEN_STORES=true.*EventStoreDB at 127\\.0\\.0\\.1:${port}`,
      ),
    );

    let run: RunView | undefined;
    await eventually(async () => (run = await root.run(id, 1)).reason === 'worker_reaches_open_store', {
      timeout: 30_000,
      what: 'the reason of the waiting run',
    });
    t.match(run, { status: 'pending', worker: null });

    await agent.stop();
    const accepting = new AgentProcess(server, agent.dataDir, { MUSTER_TENANTS_REACH_OPEN_STORES: 'true' });
    accepting.nodeId = agent.nodeId;
    t.teardown(() => accepting.kill());
    await accepting.start();
    await root.is(id, 1, 'success');
    t.match(await attributes(), { 'exec.tenants': 'accepted' });
  },
);
