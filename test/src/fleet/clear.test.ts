import t, { type Test } from 'tap';
import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import { startClearSaga } from '#src/fleet/clear.js';
import { createMemoryEventStore } from '../../fixtures/memory-event-store.js';
import { BasicAgent } from '../../fixtures/basic-agent.js';
import { eventually } from '../../fixtures/eventually.js';
import { cluster } from '#domain/cluster/aggregate.js';
import { context, startServer, type NodesServer } from './nodes/cluster.js';
import { Front } from './nodes/front.js';

/** An order may arrive up to twice this long after the clear. No call in these tests reaches it. */
const REQUEST_TIMEOUT = 5_000;

async function scene(t: Test, attempts = 30) {
  const store = createMemoryEventStore();
  const server = await startServer(t, { store });
  const front = await new Front(server.nodes).listen(t);
  const agent = new BasicAgent({ serverUrl: front.url, nodeId: 'n1', interval: 0 });
  t.teardown(() => agent.close());
  await agent.start();
  for (const id of ['a1', 'a2', 'a3']) {
    agent.held.set(id, {
      order: { allocation_id: id, job_id: 'j1', task_group: { name: 'web', tasks: [] } },
      status: 'running',
      start_time: 1,
      end_time: null,
      exit_code: null,
      message: null,
    });
    await server.pen.place(id);
  }
  await agent.heartbeat();
  const start = async (on: NodesServer) => {
    const channel = createHttpAgentChannel({ requestTimeoutMs: REQUEST_TIMEOUT });
    const saga = startClearSaga({
      ...on,
      channel,
      requestTimeoutMs: REQUEST_TIMEOUT,
      retry: { first: 10, most: 50 },
      attempts,
    });
    await saga.ready;
    t.teardown(async () => {
      await saga.stop();
      await channel.close();
    });
    return saga;
  };
  const clear = () => server.executor.execute(cluster, '', { kind: 'clear' }, context());
  return { store, server, agent, start, clear };
}

void t.test('stops the allocations that were running when the cluster was cleared', async (t) => {
  const { agent, server, start, clear } = await scene(t);
  const saga = await start(server);
  await clear();
  await eventually(() => agent.held.size === 0 && saga.status().orphans === 0);
  t.equal((await server.pen.types()).filter((type) => type === 'AllocationStopped').length, 3);
  t.match(saga.status(), { stopped: 3, gaveUp: 0 });
  t.notOk(server.placements.state.nodes.has('n1'), 'the node stays unknown');
});

void t.test(
  'continues after its server is killed, and leaves nothing to do for a later server',
  async (t) => {
    const { agent, store, server, start, clear } = await scene(t);
    agent.manners.silent = true;
    const first = await start(server);
    await clear();
    await eventually(() => agent.calls.length > 0);
    await first.stop(0);
    await server.stop();
    agent.manners.silent = false;
    const second = await startServer(t, { store });
    const saga = await start(second);
    await eventually(() => agent.held.size === 0 && saga.status().orphans === 0);
    t.equal((await second.pen.types()).filter((type) => type === 'AllocationStopped').length, 3);
    const third = await startServer(t, { store });
    t.equal((await start(third)).status().orphans, 0);
  },
);

void t.test('uses the new address of a node that registered again', async (t) => {
  const { agent, server, start, clear } = await scene(t);
  await server.register({ endpoint: 'http://127.0.0.1:9' });
  await start(server);
  await clear();
  await server.settled();
  await agent.register();
  await eventually(() => agent.held.size === 0);
  t.pass();
});

void t.test('gives up on an agent that never responds, and records it', async (t) => {
  const { agent, server, start, clear } = await scene(t, 3);
  agent.manners.silent = true;
  const saga = await start(server);
  await clear();
  await eventually(() => saga.status().gaveUp === 3 && saga.status().orphans === 0);
  t.match(await server.pen.newest('AllocationLost'), { reason: /cleared/ });
});

void t.test('stops an allocation whose order was still in flight', async (t) => {
  const { agent, server, start, clear } = await scene(t);
  await server.pen.place('late');
  const saga = await start(server);
  await clear();
  await eventually(() => agent.calls.some((call) => call.allocationId === 'late' && call.status === 404));
  agent.held.set('late', {
    order: { allocation_id: 'late', job_id: 'j1', task_group: { name: 'web', tasks: [] } },
    status: 'running',
    start_time: 1,
    end_time: null,
    exit_code: null,
    message: null,
  });
  await eventually(() => saga.status().orphans === 0);
  t.equal(agent.held.size, 0);
});
