import t from 'tap';
import { context, startServer, type NodesServer } from './cluster.js';

const [HERE, THERE] = ['h'.repeat(22), 't'.repeat(22)];
const up = (server: NodesServer) => [...server.placements.state.nodes.keys()];

async function scene(t: Parameters<typeof startServer>[0]) {
  const server = await startServer(t, { waitingNodes: 3 });
  return {
    server,
    from: async (address: string | undefined, ...ids: string[]) => {
      for (const node_id of ids)
        await server.register(
          { node_id },
          { ours: false, ...(address === undefined ? {} : { from: address }) },
        );
      await server.settled();
    },
  };
}

void t.test(
  'removes the oldest waiting node of an address, but no nodes of other addresses or of operators',
  async (t) => {
    const { server, from } = await scene(t);
    await from(THERE, 'other');
    await from(undefined, 'o1', 'o2', 'o3', 'o4', 'o5');
    await from(HERE, 'a', 'b', 'c', 'd', 'e');
    t.strictSame(up(server), ['other', 'o1', 'o2', 'o3', 'o4', 'o5', 'c', 'd', 'e']);
    t.match(await server.pen.newest('NodeRemoved', 'node-a'), {
      nodeId: 'a',
      epoch: 1,
      reason: /never ran anything/,
    });
    await t.rejects(server.heartbeat({ node_id: 'a' }), { code: 'MUSTER_E_NODE_UNKNOWN' });
  },
);

void t.test('enforces the limit under many concurrent registrations', async (t) => {
  const { server } = await scene(t);
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      server.register({ node_id: `n${index}` }, { ours: false, from: HERE }),
    ),
  );
  await server.settled();
  t.equal(up(server).length, 3);
});

void t.test(
  'does not count nodes that sent a heartbeat, ran or hold something, or were configured',
  async (t) => {
    const { server, from } = await scene(t);
    await from(HERE, 'heard', 'ran', 'holds', 'drained');
    t.strictSame(
      up(server),
      ['ran', 'holds', 'drained'],
      'the oldest node is removed while all of them have only registered',
    );
    await from(HERE, 'heard');
    t.strictSame(up(server), ['holds', 'drained', 'heard']);
    await from(HERE, 'ran');
    await server.heartbeat({ node_id: 'heard' });
    await server.pen.write('node-ran', {
      type: 'AllocationStarted',
      data: { allocationId: 'x', jobId: 'j1', group: 'web', slot: 0, nodeId: 'ran', startTime: 1, tasks: {} },
    });
    await from(HERE, 'holds', 'drained');
    await server.pen.place('y', 'holds');
    await server.nodes.drain('drained', true, context('operator'));
    await server.settled();
    await from(HERE, 'f1', 'f2', 'f3', 'f4', 'f5');
    t.strictSame(new Set(up(server)), new Set(['heard', 'ran', 'holds', 'drained', 'f4', 'f5']));
  },
);

void t.test('counts a node again once it goes down without having run anything', async (t) => {
  const { server, from } = await scene(t);
  await from(HERE, 'silent');
  await server.heartbeat({ node_id: 'silent' });
  await from(HERE, 'a', 'b', 'c');
  t.ok(up(server).includes('silent'));
  await server.pen.write('node-silent', {
    type: 'NodeWentDown',
    data: { nodeId: 'silent', epoch: 1, reason: 'silent' },
  });
  await server.settled();
  await from(HERE, 'd');
  t.notOk(up(server).includes('silent'));
});

void t.test('counts a node that registers again as the newest, and continues its epochs', async (t) => {
  const { server, from } = await scene(t);
  await from(HERE, 'a', 'b', 'c', 'a', 'd');
  t.strictSame(up(server), ['c', 'a', 'd']);
  await from(HERE, 'a');
  t.strictSame(up(server), ['c', 'd', 'a']);
  await from(HERE, 'e', 'f', 'g', 'a');
  t.equal(server.placements.state.nodes.get('a')?.epoch, 4);
});
