import t from 'tap';
import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import { provenEndpoint } from '#domain/protocol/index.js';
import type { AgentAddress, AgentChannel, LogQuery } from '#domain/protocol/agent-channel.js';
import { eventually, PATIENCE } from '../../fixtures/eventually.js';
import { NatsServer } from '../../fixtures/nats-server.js';
import { onEachNats, startNatsScene } from '../../fixtures/nats-scene.js';
import { ownFolder } from '../../fixtures/folder.js';
import { startAgent } from '../support/agent.js';

t.setTimeout(300_000 * PATIENCE);

onEachNats(t, 'an agent returns the same results over HTTP and over NATS', async (t, binary) => {
  const nats = await NatsServer.start(t, { binary });
  const token = 'x'.repeat(16);
  const server = await startNatsScene(t, nats.url, { joinToken: token });
  const agent = await startAgent(t, {
    dataDir: ownFolder(t),
    natsUrl: nats.url,
    nodeId: 'n1',
    heartbeatSeconds: 0.3,
    joinToken: token,
  });
  await eventually(() => server.placements.state.nodes.has('n1'));
  const version = await server.pen.job('j1', {
    name: 'web',
    tasks: [
      { name: 'main', driver: 'exec', config: { command: 'echo out; echo err >&2; sleep 1000' } },
      { name: 'side', driver: 'exec', config: { command: 'sleep 1000' } },
    ],
  });
  await server.pen.place('a1', 'n1', 'j1', version);
  await eventually(async () => (await server.pen.types('node-n1')).includes('AllocationStarted'));

  const http = createHttpAgentChannel({
    requestTimeoutMs: 5000,
    secretOf: (nodeId) => server.access.secretOf(nodeId),
  });
  t.teardown(() => http.close());
  const address: AgentAddress = { nodeId: 'n1', epoch: 1, endpoint: provenEndpoint(agent.url) };
  const ways: readonly [AgentChannel, AgentAddress][] = [
    [http, address],
    [server.channel, { ...address, endpoint: 'nats:muster.node.bjE#sealed' }],
  ];
  const signal = new AbortController().signal;
  const both = async <Answer>(
    ask: (channel: AgentChannel, agent: AgentAddress) => Promise<Answer>,
  ): Promise<Answer> => {
    const [first, second] = await Promise.all(ways.map(([channel, way]) => ask(channel, way)));
    t.strictSame(second, first);
    return first as Answer;
  };

  t.match(await both((channel, way) => channel.status(way, 'a1')), {
    kind: 'found',
    status: {
      allocation_id: 'a1',
      status: 'running',
      tasks: { main: { status: 'running' }, side: { status: 'running' } },
    },
  });
  t.same(await both((channel, way) => channel.status(way, 'none')), { kind: 'absent' });
  const logged = async (
    channel: AgentChannel,
    way: AgentAddress,
    stream: LogQuery['stream'],
  ): Promise<string> => {
    const log = await channel.logs(way, 'a1', { task: 'main', stream, follow: false }, signal);
    if (log.kind !== 'found') return log.kind;
    const parts: Uint8Array[] = [];
    for await (const part of log.chunks) parts.push(part);
    return Buffer.concat(parts).toString();
  };
  // The task has started, and writes its output a little later.
  await eventually(async () => (await logged(http, address, 'stderr')) !== '', {
    what: 'the last output of the task',
  });
  for (const stream of ['stdout', 'stderr'] as const)
    t.equal(
      await both((channel, way) => logged(channel, way, stream)),
      stream === 'stdout' ? 'out\n' : 'err\n',
    );
  t.equal(await both((channel, way) => logged(channel, way, 'both')), 'out\nerr\n');
  t.match(
    await both((channel, way) => channel.logs(way, 'a1', { stream: 'stdout', follow: false }, signal)),
    {
      kind: 'unknown',
      problem: 'task: must be one of main, side',
    },
  );
  t.same(
    await both((channel, way) => channel.logs(way, 'none', { stream: 'stdout', follow: false }, signal)),
    { kind: 'absent' },
  );
  await eventually(
    async () => {
      const used = await http.usageHistory(address, 'a1');
      return (
        used.kind === 'found' && ['main', 'side'].every((name) => (used.history.tasks[name]?.length ?? 0) > 0)
      );
    },
    { what: 'a usage point of each task' },
  );
  t.same(await both((channel, way) => channel.usageHistory(way, 'none')), { kind: 'absent' });
  const newest = await both(async (channel, way) => {
    const used = await channel.usageHistory(way, 'a1', 1);
    return used.kind === 'found' && Object.values(used.history.tasks).map((points) => points.length);
  });
  t.same(newest, [1, 1]);
  t.match(await http.usageHistory(address, 'a1', 0), { kind: 'unknown', problem: /last/ });
  for (const [channel, way] of ways) {
    const point = { timestamp: Number, cpu: Number, memory_mb: Number };
    t.match(await channel.usageHistory(way, 'a1'), {
      kind: 'found',
      history: { allocation_id: 'a1', tasks: { main: [point], side: [point] } },
    });
    t.match(await channel.usage(way), {
      kind: 'found',
      usage: {
        node_id: 'n1',
        running: 1,
        left_out: 0,
        resources: { cpu_used: Number, memory_used: Number },
        allocations: { a1: { status: 'running', tasks: { main: {}, side: {} } } },
      },
    });
  }
});
