import { randomUUID } from 'node:crypto';
import { connect, headers } from 'nats';
import t, { type Test } from 'tap';
import { inboxOf, nodeSubjects } from '#agents/transport/nats/subjects.js';
import type { AgentAddress } from '#domain/ports/agent-channel.js';
import { taskOf, type ContractTask } from '#domain/protocol/index.js';
import { dockerdMissing, startDockerd } from '../../../../fixtures/dockerd.js';
import { required } from '../../../../fixtures/requirement.js';
import { NatsServer, type NatsServerBinary } from '../../../../fixtures/nats-server.js';
import { onEachNats, startNatsScene } from '../../../../fixtures/nats-scene.js';
import { eventually } from '../../../../fixtures/eventually.js';
import { startServer } from '../cluster.js';
import { ownFolder } from '../../../../fixtures/folder.js';
import { startAgent } from '../../../../agents/support/agent.js';

t.setTimeout(300_000);

const TOKEN = 'join-token-of-16+';

async function scene(t: Test, binary: NatsServerBinary, joinToken?: string, dockerSocket = '/nonexistent/docker.sock') {
  const nats = await NatsServer.start(t, { binary });
  const server = await startNatsScene(t, nats.url, joinToken === undefined ? {} : { joinToken });
  const agent = await startAgent(t, {
    dataDir: ownFolder(t),
    natsUrl: nats.url,
    nodeId: 'n.1',
    heartbeatSeconds: 0.3,
    dockerSocket,
    ...(joinToken === undefined ? {} : { joinToken }),
  });
  const node = await eventually(() => server.placements.state.nodes.get('n.1'), { what: 'registration over NATS' });
  // By then the agent knows its epoch, too.
  await eventually(() => server.telemetry.of('n.1')?.lists === true, { what: 'its first heartbeat' });
  const address: AgentAddress = { nodeId: 'n.1', epoch: node.epoch, endpoint: node.endpoint ?? '' };
  /** Places a task (a command, or more than one) and answers the allocation's id. */
  const run = async (asked: string | Omit<ContractTask, 'name'>): Promise<string> => {
    const jobId = `job-${randomUUID()}`;
    const version = await server.pen.job(jobId, {
      name: 'web',
      tasks: [taskOf({ name: 'main', ...(typeof asked === 'string' ? { config: { command: asked } } : asked) })],
    });
    const id = randomUUID();
    await server.pen.place(id, 'n.1', jobId, version);
    return id;
  };
  const happened = async (id: string, type: string): Promise<boolean> => {
    for await (const page of server.store.readStream('node-n.1')) if (page.some((event) => event.type === type && event.data.includes(id))) return true;
    return false;
  };
  return { nats, server, agent, node, address, run, happened };
}

onEachNats(t, 'a node that registers over NATS runs what it is ordered, and is asked over NATS', async (t, binary) => {
  const { server, node, address, run, happened } = await scene(t, binary);
  t.equal(node.endpoint, 'nats:muster.node.bi4x');
  t.equal(node.protocol, 'muster');

  const quick = await run('echo out; echo err >&2; sleep 0.5');
  await eventually(() => happened(quick, 'AllocationCompleted'));
  t.match(await server.channel.status(address, quick), {
    kind: 'found',
    status: { allocation_id: quick, status: 'complete', tasks: { main: { exit_code: 0 } } },
  });
  t.same(await server.channel.status(address, 'unknown'), { kind: 'absent' });

  const long = await run('echo begun; sleep 1000');
  await eventually(() => happened(long, 'AllocationStarted'));
  const usage = await eventually(async () => {
    const asked = await server.channel.usage(address);
    return asked.kind === 'found' && asked.usage.allocations[long]?.tasks['main']?.cpu_average !== undefined ? asked.usage : undefined;
  });
  t.match(usage, { node_id: 'n.1', running: 1, left_out: 0, resources: { cpu_used: Number, memory_used: Number } });
  t.same(Object.keys(usage.allocations), [long], 'what has ended is not measured');

  await server.pen.requestStop(long, 'n.1');
  await eventually(() => happened(long, 'AllocationStopped'));
});

onEachNats(t, 'a shell with a terminal stays in its container, which is named over NATS too', async (t, binary) => {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const daemon = await startDockerd({ bridge: false });
  t.teardown(() => daemon.stop());
  await daemon.importImage('shell', ['CMD ["sh"]']);
  const { server, address, run, happened } = await scene(t, binary, undefined, daemon.socketPath);
  const id = await run({ config: { image: 'shell' }, tty: true, open_stdin: true, kill_timeout: 0 });
  await eventually(() => happened(id, 'AllocationStarted'));
  const [container] = await daemon.docker.listContainers();
  t.ok(container !== undefined && (await happened(container.Id, 'AllocationStarted')));
  t.match(await server.channel.status(address, id), { status: { status: 'running', tasks: { main: { container_id: container?.Id } } } });
  await eventually(
    async () => {
      const log = await server.channel.logs(address, id, { stream: 'stdout', follow: false }, new AbortController().signal);
      if (log.kind !== 'found') return false;
      const parts: Uint8Array[] = [];
      for await (const part of log.chunks) parts.push(part);
      return Buffer.concat(parts).toString().includes('built-in shell (ash)');
    },
    { what: 'what the shell says first' },
  );
  await server.pen.requestStop(id, 'n.1');
  await eventually(() => happened(id, 'AllocationStopped'));
});

onEachNats(t, 'logs are fetched chunk by chunk, followed to the end, and let go of', async (t, binary) => {
  const { server, address, run, happened } = await scene(t, binary);
  const size = 700_000;
  const large = await run(`head -c ${size} /dev/zero | tr '\\0' 'x'; echo; echo err >&2`);
  await eventually(() => happened(large, 'AllocationCompleted'));
  const read = async (query: object, id = large, signal = new AbortController().signal): Promise<Buffer> => {
    const log = await server.channel.logs(address, id, { stream: 'stdout', follow: false, ...query }, signal);
    if (log.kind !== 'found') throw new Error(JSON.stringify(log));
    const parts: Uint8Array[] = [];
    for await (const part of log.chunks) parts.push(part);
    return Buffer.concat(parts);
  };
  t.equal((await read({})).length, size + 1);
  t.equal((await read({ stream: 'stderr', task: 'main' })).toString(), 'err\n');
  t.equal((await read({ tail: 0 })).length, 0);
  t.same(await server.channel.logs(address, 'nowhere', { stream: 'stdout', follow: false }, new AbortController().signal), { kind: 'absent' });
  t.match(await server.channel.logs(address, large, { task: 'other', stream: 'stdout', follow: false }, new AbortController().signal), {
    kind: 'unknown',
    problem: 'task: must be one of main',
  });

  const slow = await run('for i in 1 2 3; do echo line $i; sleep 0.3; done');
  await eventually(() => happened(slow, 'AllocationStarted'));
  t.equal((await read({ follow: true }, slow)).toString(), 'line 1\nline 2\nline 3\n', 'a followed log ends with its task');

  const endless = await run('echo once; sleep 1000');
  await eventually(() => happened(endless, 'AllocationStarted'));
  const abort = new AbortController();
  const log = await server.channel.logs(address, endless, { stream: 'stdout', follow: true }, abort.signal);
  if (log.kind !== 'found') throw new Error('no log');
  const seen: string[] = [];
  for await (const part of log.chunks) {
    seen.push(Buffer.from(part).toString());
    abort.abort();
  }
  t.same(seen, ['once\n'], 'it ends when nobody wants it any more');
});

onEachNats(
  t,
  "without the join token nobody registers; who does not show what is made of the node's secret neither orders nor asks, with the join token neither",
  async (t, binary) => {
    const { nats, server, address } = await scene(t, binary, TOKEN);
    const stranger = await connect({ servers: nats.url });
    t.teardown(() => stranger.close());
    const ask = async (subject: string, body: object | string, token?: string, more: Record<string, string> = {}) => {
      const sent = headers();
      if (token !== undefined) sent.set('Authorization', `Bearer ${token}`);
      for (const [name, value] of Object.entries(more)) sent.set(name, value);
      const answer = await stranger.request(subject, typeof body === 'string' ? body : JSON.stringify(body), { headers: sent, timeout: 5000 });
      return { status: answer.headers?.get('x-muster-status'), body: answer.json<{ error?: string; message?: string }>() };
    };
    const order = { order: 'stop', allocation_id: 'a' };
    const refused = { status: '401', body: { error: 'authorization required: send the join token as Bearer' } };
    const node = { node_id: 'n2', ip_address: '10.0.0.2', resources: {} };
    for (const token of [undefined, 'another-token-of-16']) {
      t.same(await ask(nodeSubjects.register('n2'), node, token), refused);
      t.same(await ask(nodeSubjects.heartbeat('n.1'), { node_id: 'n.1' }, token), refused);
      t.same(await ask(nodeSubjects.desired('n.1'), { node_id: 'n.1' }, token), refused);
    }
    for (const token of [undefined, 'another-token-of-16', TOKEN, await server.bearerOf?.('n2')]) {
      t.match(await ask(nodeSubjects.orders('n.1'), order, token), { status: '401', body: { error: /made of the secret of this node/ } });
      t.match(await ask(nodeSubjects.query('n.1'), { query: 'metrics' }, token), { status: '401' });
    }
    const bearer = await server.bearerOf?.('n.1');
    t.notOk(server.placements.state.nodes.has('n2'));
    t.match(await server.channel.usage(address), { kind: 'found' }, 'the server has it');
    const told = await server.channel.metrics(address);
    t.match(told.kind === 'found' && JSON.parse(Buffer.from(told.bytes).toString()), { node_id: 'n.1', gpus: Array }, 'as bytes');

    t.match(await ask(nodeSubjects.orders('n.1'), order, bearer), { status: '409' }, 'an order names its epoch');
    const metrics = await ask(nodeSubjects.query('n.1'), { query: 'metrics' }, bearer);
    t.match(metrics, { status: '200', body: { node_id: 'n.1', system: { cpu_cores: Number } } });
    t.same(Object.keys(metrics.body), ['node_id', 'cpu_usage_percent', 'memory_usage_percent', 'gpus', 'system'], 'as /api/v1/metrics answers');
    t.match(await ask(nodeSubjects.orders('n.1'), order, bearer, { 'x-muster-epoch': '77' }), { status: '409' });
    t.match(await ask(nodeSubjects.orders('n.1'), order, bearer, { 'X-Muster-Epoch': String(address.epoch) }), { status: '404' });
    t.match(await ask(nodeSubjects.heartbeat('n3'), { node_id: 'n.1' }, TOKEN), { status: '400', body: { error: 'node_id: must be the node of the subject' } });
    t.match(await ask('muster.register.bm=8', node, TOKEN), { status: '400' });
  },
);

onEachNats(t, 'an agent whose secret was taken back is given another with its next heartbeat, and goes on taking orders', async (t, binary) => {
  const { server, address } = await scene(t, binary, TOKEN);
  await eventually(async () => (await server.channel.usage(address)).kind === 'found', { what: 'an answer to what is made of the first secret' });
  const first = await server.bearerOf?.('n.1');
  const commandId = randomUUID();
  await server.access?.revoke('n.1', {
    commandId,
    repeatable: false,
    bodyDigest: '',
    correlationId: commandId,
    causationId: commandId,
    actor: 'test',
    surface: 'test',
  });
  await eventually(async () => (await server.channel.usage(address)).kind === 'found', { what: 'an answer to what is made of the second secret' });
  t.not(await server.bearerOf?.('n.1'), first);
  t.equal(server.placements.state.nodes.get('n.1')?.epoch, address.epoch, 'it did not have to register again');
});

onEachNats(t, 'a node that has used the secret that it was given answers to nothing else', async (t, binary) => {
  const { nats, server } = await scene(t, binary, TOKEN);
  const stranger = await connect({ servers: nats.url });
  t.teardown(() => stranger.close());
  const beat = async (token: string, nodeId = 'n.1') => {
    const sent = headers();
    sent.set('Authorization', `Bearer ${token}`);
    const answer = await stranger.request(nodeSubjects.heartbeat(nodeId), JSON.stringify({ node_id: nodeId }), { headers: sent, timeout: 5000 });
    return { status: answer.headers?.get('x-muster-status'), error: answer.json<{ error?: string }>().error };
  };
  t.match(await beat(TOKEN), { status: '401', error: /a secret of its own/ });
  const sent = headers();
  sent.set('authorization', `Bearer ${TOKEN}`);
  const registered = await stranger.request(nodeSubjects.register('n2'), JSON.stringify({ node_id: 'n2', ip_address: '10.0.0.2', resources: {} }), {
    headers: sent,
    timeout: 5000,
  });
  const secret = registered.headers?.get('x-muster-node-secret') ?? '';
  t.match(secret, /^musnode_/);
  t.match(await beat(secret), { status: '401', error: /of another node/ });
  t.match(await beat(TOKEN, 'n2'), { status: '200' }, 'the join token is good until the secret was used');
  t.match(await beat(secret, 'n2'), { status: '200' });
  t.match(await beat(TOKEN, 'n2'), { status: '401' });
  t.equal(server.placements.state.nodes.get('n.1')?.epoch, 1);
});

onEachNats(t, 'what is malformed is answered as over HTTP, and stops nobody', async (t, binary) => {
  const { nats, server, address } = await scene(t, binary);
  const stranger = await connect({ servers: nats.url });
  t.teardown(() => stranger.close());
  const bodies = [
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '{"node_id":7}',
    '{"order":"place"}',
    '{"query":"logs"}',
    '{"__proto__":1}',
    'x'.repeat(600_000),
    '[['.repeat(20_000),
    Buffer.from([0xff, 0xfe, 0x00]),
  ];
  const subjects = [
    nodeSubjects.register('n.1'),
    nodeSubjects.heartbeat('n.1'),
    nodeSubjects.desired('n.1'),
    nodeSubjects.document('n.1'),
    nodeSubjects.orders('n.1'),
    nodeSubjects.query('n.1'),
  ];
  for (const subject of subjects) {
    for (const body of bodies) {
      const answer = await stranger.request(subject, body, { timeout: 5000 });
      t.equal(answer.headers?.get('x-muster-status'), '400', `${subject} ${body.slice(0, 20).toString()}`);
      t.type(answer.json<{ error: string }>().error, 'string');
      // Without a wish for an answer.
      stranger.publish(subject, body);
    }
  }
  const epoch = headers();
  epoch.set('x-muster-epoch', '-1');
  const answer = await stranger.request(nodeSubjects.heartbeat('n.1'), JSON.stringify({ node_id: 'n.1' }), { headers: epoch, timeout: 5000 });
  t.same(answer.json(), { error: 'x-muster-epoch: must be a positive whole number' });
  for (const query of [
    { query: 'logs.next', cursor: 'none', chunk: 0 },
    { query: 'logs.next', cursor: 'none', chunk: -1 },
  ]) {
    t.equal((await stranger.request(nodeSubjects.query('n.1'), JSON.stringify(query), { timeout: 5000 })).headers?.get('x-muster-status'), '400');
  }
  t.match(await server.channel.usage(address), { kind: 'found' });
  t.equal(server.placements.state.nodes.get('n.1')?.epoch, address.epoch);
});

onEachNats(t, 'a desired list that is larger than a message comes in pages', async (t, binary) => {
  const nats = await NatsServer.start(t, { binary, maxPayload: 65_536 });
  const server = await startNatsScene(t, nats.url);
  const jobId = 'large';
  const count = 40;
  const version = await server.pen.job(jobId, {
    name: 'web',
    tasks: [{ name: 'main', driver: 'exec', config: { command: 'sleep 1000' }, env: { TEXT: 'x'.repeat(6_000) } }],
  });
  const ids = Array.from({ length: count }, () => randomUUID());
  // Placed before the node can be told, so that nothing but the list brings it.
  await server.dispatcher.stop();
  const { nodeId } = await startAgent(t, { dataDir: ownFolder(t), natsUrl: nats.url, nodeId: 'n.1', heartbeatSeconds: 0.3 });
  await eventually(() => server.placements.state.nodes.has(nodeId));
  for (const id of ids) await server.pen.place(id, nodeId, jobId, version);
  await eventually(() => [...(server.placements.state.nodes.get(nodeId)?.allocations.values() ?? [])].filter((each) => each.started).length === count, {
    timeout: 30_000,
  });
  t.pass(`${count} allocations arrived`);
});

onEachNats(t, 'an agent that NATS limits to its own subjects works, and can do nothing in the name of another', async (t, binary) => {
  const { register, heartbeat, desired, document, orders, query } = nodeSubjects;
  const own = (id: string) => [register(id), heartbeat(id), desired(id), document(id)].map((subject) => `"${subject}"`).join(', ');
  const agentPermissions = `publish: [${own('n.1')}], subscribe: ["${orders('n.1')}", "${query('n.1')}", "${inboxOf('n.1')}.>"], allow_responses: true`;
  const nats = await NatsServer.start(t, {
    binary,
    authorization: `users: [ { user: server, password: secret }, { user: agent, password: secret, permissions: { ${agentPermissions} } } ]`,
    credentials: 'server:secret',
  });
  const server = await startNatsScene(t, nats.urlFor('server:secret'));
  await startAgent(t, { dataDir: ownFolder(t), natsUrl: nats.urlFor('agent:secret'), nodeId: 'n.1', heartbeatSeconds: 0.3 });
  await eventually(() => server.placements.state.nodes.has('n.1'));
  const version = await server.pen.job('j1', { name: 'web', tasks: [{ name: 'main', driver: 'exec', config: { command: 'echo hello' } }] });
  await server.pen.place('a1', 'n.1', 'j1', version);
  await eventually(async () => (await server.pen.types('node-n.1')).includes('AllocationCompleted'));
  const log = await server.channel.logs(
    { nodeId: 'n.1', epoch: 1, endpoint: 'nats:x' },
    'a1',
    { stream: 'stdout', follow: false },
    new AbortController().signal,
  );
  t.equal(log.kind, 'found');

  const thief = await connect({ servers: nats.url, user: 'agent', pass: 'secret' });
  t.teardown(() => thief.close());
  const seen: string[] = [];
  for (const subject of ['muster.>', '_INBOX.>', orders('n2')])
    thief.subscribe(subject, { callback: (error, message) => void (error === null && seen.push(message.subject)) });
  thief.publish(heartbeat('n2'), JSON.stringify({ node_id: 'n2' }));
  thief.publish(register('n2'), JSON.stringify({ node_id: 'n2', ip_address: '10.0.0.2', resources: {} }));
  await thief.flush();
  await server.channel.usage({ nodeId: 'n.1', epoch: 1, endpoint: 'nats:x' });
  t.notOk(server.placements.state.nodes.has('n2'));
  t.same(seen, []);
});

void t.test('nobody registers over HTTP for subjects of NATS', async (t) => {
  const server = await startServer(t);
  await t.rejects(server.register({ endpoint: 'nats:muster.node.bjE' }), { code: 'MUSTER_E_INVALID' });
});
