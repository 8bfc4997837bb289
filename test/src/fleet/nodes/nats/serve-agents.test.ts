import { randomUUID } from 'node:crypto';
import { connect, headers } from 'nats';
import t from 'tap';
import { orderToken } from '#agents/platform/order-token.js';
import { inboxOf, nodeSubjects } from '#agents/platform/transport/nats/subjects.js';
import { dockerdMissing, startDockerd } from '../../../../fixtures/dockerd.js';
import { required } from '../../../../fixtures/requirement.js';
import { NatsServer } from '../../../../fixtures/nats-server.js';
import { askSealed, onEachNats, openLink, startNatsScene } from '../../../../fixtures/nats-scene.js';
import { eventually, PATIENCE } from '../../../../fixtures/eventually.js';
import { startServer } from '../cluster.js';
import { scene, TOKEN } from './scene.js';
import { ownFolder } from '../../../../fixtures/folder.js';
import { startAgent } from '../../../../agents/support/agent.js';
import { commandContext } from '../../../../fixtures/command-context.js';

t.setTimeout(300_000 * PATIENCE);

onEachNats(
  t,
  'a node that registers over NATS runs its orders and can be queried over NATS',
  async (t, binary) => {
    const { server, node, address, run, happened } = await scene(t, binary);
    t.equal(node.endpoint, 'nats:muster.node.bi4x#sealed');
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
      return asked.kind === 'found' && asked.usage.allocations[long]?.tasks['main']?.cpu_average !== undefined
        ? asked.usage
        : undefined;
    });
    t.match(usage, {
      node_id: 'n.1',
      running: 1,
      left_out: 0,
      resources: { cpu_used: Number, memory_used: Number },
    });
    t.same(Object.keys(usage.allocations), [long], 'an ended allocation is not measured');

    await server.pen.requestStop(long, 'n.1');
    await eventually(() => happened(long, 'AllocationStopped'));
  },
);

onEachNats(
  t,
  'a shell with a terminal keeps running, and its container id is reported over NATS too',
  async (t, binary) => {
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
    t.match(await server.channel.status(address, id), {
      status: { status: 'running', tasks: { main: { container_id: container?.Id } } },
    });
    await eventually(
      async () => {
        const log = await server.channel.logs(
          address,
          id,
          { stream: 'stdout', follow: false },
          new AbortController().signal,
        );
        if (log.kind !== 'found') return false;
        const parts: Uint8Array[] = [];
        for await (const part of log.chunks) parts.push(part);
        return Buffer.concat(parts).toString().includes('built-in shell (ash)');
      },
      { what: 'the first output of the shell' },
    );
    await server.pen.requestStop(id, 'n.1');
    await eventually(() => happened(id, 'AllocationStopped'));
  },
);

onEachNats(
  t,
  'logs are fetched in chunks and followed to the end, and following can be aborted',
  async (t, binary) => {
    const { server, address, run, happened } = await scene(t, binary);
    const size = 700_000;
    const large = await run(`head -c ${size} /dev/zero | tr '\\0' 'x'; echo; echo err >&2`);
    await eventually(() => happened(large, 'AllocationCompleted'));
    const read = async (
      query: object,
      id = large,
      signal = new AbortController().signal,
    ): Promise<Buffer> => {
      const log = await server.channel.logs(
        address,
        id,
        { stream: 'stdout', follow: false, ...query },
        signal,
      );
      if (log.kind !== 'found') throw new Error(JSON.stringify(log));
      const parts: Uint8Array[] = [];
      for await (const part of log.chunks) parts.push(part);
      return Buffer.concat(parts);
    };
    t.equal((await read({})).length, size + 1);
    t.equal((await read({ stream: 'stderr', task: 'main' })).toString(), 'err\n');
    t.equal((await read({ tail: 0 })).length, 0);
    t.same(
      await server.channel.logs(
        address,
        'nowhere',
        { stream: 'stdout', follow: false },
        new AbortController().signal,
      ),
      { kind: 'absent' },
    );
    t.match(
      await server.channel.logs(
        address,
        large,
        { task: 'other', stream: 'stdout', follow: false },
        new AbortController().signal,
      ),
      {
        kind: 'unknown',
        problem: 'task: must be one of main',
      },
    );

    const slow = await run('for i in 1 2 3; do echo line $i; sleep 0.3; done');
    await eventually(() => happened(slow, 'AllocationStarted'));
    t.equal(
      (await read({ follow: true }, slow)).toString(),
      'line 1\nline 2\nline 3\n',
      'a followed log ends with its task',
    );

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
    t.same(seen, ['once\n'], 'following ends when the reader aborts it');
  },
);

onEachNats(
  t,
  'a registration requires the join token, and orders and queries to a node require its secret',
  async (t, binary) => {
    const { nats, server, address } = await scene(t, binary, TOKEN);
    const link = openLink(t, nats.url, 'stranger');
    await link.whenConnected(10_000);
    const order = { order: 'stop', allocation_id: 'a' };
    const node = { node_id: 'n2', ip_address: '10.0.0.2', resources: {} };
    const unknown = 'another-token-of-16';
    for (const secret of [unknown, orderToken(await server.access.secretOf('n.1'))]) {
      for (const [subject, body] of [
        [nodeSubjects.register('n2'), node],
        [nodeSubjects.heartbeat('n.1'), { node_id: 'n.1' }],
        [nodeSubjects.desired('n.1'), { node_id: 'n.1' }],
      ] as const) {
        t.match(
          await askSealed(link, secret, subject, body),
          { status: 401, body: { error: /not sealed with the secret of its node/ } },
          subject,
        );
      }
    }
    for (const secret of [unknown, TOKEN, await server.access.secretOf('n2')]) {
      t.match(await askSealed(link, secret, nodeSubjects.orders('n.1'), order), {
        status: 401,
        body: { error: /not sealed with the secret of its node/ },
      });
      t.match(await askSealed(link, secret, nodeSubjects.query('n.1'), { query: 'metrics' }), {
        status: 401,
      });
    }
    t.notOk(server.placements.state.nodes.has('n2'));
    t.match(
      await server.channel.usage(address),
      { kind: 'found' },
      'the server has the secret and can query the node',
    );
    const told = await server.channel.metrics(address);
    t.match(
      told.kind === 'found' && JSON.parse(Buffer.from(told.bytes).toString()),
      { node_id: 'n.1', gpus: Array },
      'the metrics are returned as bytes',
    );

    const own = await server.access.secretOf('n.1');
    const ask = async (subject: string, body: object, fields = {}) =>
      await askSealed(link, own, subject, body, fields);
    t.match(
      await ask(nodeSubjects.orders('n.1'), order),
      { status: 409 },
      'an order without an epoch is refused',
    );
    const metrics = await ask(nodeSubjects.query('n.1'), { query: 'metrics' });
    t.match(metrics, { status: 200, body: { node_id: 'n.1', system: { cpu_cores: Number } } });
    t.same(
      Object.keys(metrics.body as object),
      ['node_id', 'cpu_usage_percent', 'memory_usage_percent', 'gpus', 'system'],
      'the metrics have the fields of /api/v1/metrics',
    );
    t.match(await ask(nodeSubjects.orders('n.1'), order, { 'x-muster-epoch': '77' }), { status: 409 });
    t.match(await ask(nodeSubjects.orders('n.1'), order, { 'X-Muster-Epoch': String(address.epoch) }), {
      status: 404,
    });
    const mismatched = await askSealed(link, TOKEN, nodeSubjects.heartbeat('n3'), { node_id: 'n.1' });
    t.match(mismatched, { status: 400, body: { error: 'node_id: must match the node id in the subject' } });
    t.match(await askSealed(link, TOKEN, 'muster.register.bm=8', node), { status: 400 });
  },
);

onEachNats(
  t,
  'an agent whose secret was revoked gets a new one with its next heartbeat, and still accepts orders',
  async (t, binary) => {
    const { server, address } = await scene(t, binary, TOKEN);
    await eventually(async () => (await server.channel.usage(address)).kind === 'found', {
      what: 'a response to a query under the first secret',
    });
    const first = await server.bearerOf('n.1');
    const commandId = randomUUID();
    await server.access.revoke(
      'n.1',
      commandContext({ commandId, correlationId: commandId, causationId: commandId }),
    );
    await eventually(async () => (await server.channel.usage(address)).kind === 'found', {
      what: 'a response to a query under the second secret',
    });
    t.not(await server.bearerOf('n.1'), first);
    t.equal(
      server.placements.state.nodes.get('n.1')?.epoch,
      address.epoch,
      'the agent did not have to register again',
    );
  },
);

onEachNats(
  t,
  'a node that has used its own secret cannot use the join token or the secret of another node',
  async (t, binary) => {
    const { nats, server } = await scene(t, binary, TOKEN);
    const link = openLink(t, nats.url, 'stranger');
    await link.whenConnected(10_000);
    const beat = async (secret: string, nodeId = 'n.1') =>
      await askSealed(link, secret, nodeSubjects.heartbeat(nodeId), { node_id: nodeId });
    t.match(await beat(TOKEN), { status: 401, body: { error: /has its own secret/ } });
    const node = { node_id: 'n2', ip_address: '10.0.0.2', resources: {} };
    const { fields } = await askSealed(link, TOKEN, nodeSubjects.register('n2'), node);
    const secret = fields['x-muster-node-secret'] ?? '';
    t.match(secret, /^musnode_/);
    t.match(await beat(secret), { status: 401, body: { error: /belongs to another node/ } });
    t.match(
      await beat(TOKEN, 'n2'),
      { status: 200 },
      'the join token is valid until the secret has been used',
    );
    t.match(await beat(secret, 'n2'), { status: 200 });
    t.match(await beat(TOKEN, 'n2'), { status: 401 });
    t.equal(server.placements.state.nodes.get('n.1')?.epoch, 1);
  },
);

onEachNats(
  t,
  'malformed messages are refused as over HTTP, and stop neither the server nor the agent',
  async (t, binary) => {
    const { nats, server, address } = await scene(t, binary);
    const stranger = await connect(nats.login);
    t.teardown(() => stranger.close());
    const link = openLink(t, nats.url, 'known');
    await link.whenConnected(10_000);
    const secret = await server.access.secretOf('n.1');
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
        const answer = await askSealed(link, secret, subject, Buffer.from(body));
        t.match(
          answer,
          { status: 400, body: { error: String } },
          `${subject} ${body.slice(0, 20).toString()}`,
        );
        const inTheOpen = await stranger.request(subject, body, { timeout: 5000 });
        t.equal(inTheOpen.headers?.get('x-muster-status'), '401', `${subject} unsealed`);
        for (const [version, key, id] of [
          ['1', 'join', 'x'],
          ['1', 'join', 'x'.repeat(22)],
          ['1', '', 'x'.repeat(22)],
          ['1', '!', 'x'.repeat(22)],
          ['1', 'bi4x', 'x'.repeat(22)],
          ['2', 'join', 'x'.repeat(22)],
        ] as const) {
          const sent = headers();
          for (const [name, value] of Object.entries({
            'x-muster-sealed': version,
            'x-muster-key': key,
            'x-muster-message': id,
          }))
            sent.set(name, value);
          const refused = await stranger.request(subject, body, { headers: sent, timeout: 5000 });
          t.equal(refused.headers?.get('x-muster-status'), '401', `${subject} ${version} ${key} ${id}`);
        }
        // The same without a reply subject.
        stranger.publish(subject, body);
      }
    }
    const answer = await askSealed(
      link,
      secret,
      nodeSubjects.heartbeat('n.1'),
      { node_id: 'n.1' },
      { 'x-muster-epoch': '-1' },
    );
    t.same(answer.body, { error: 'x-muster-epoch: must be a positive whole number' });
    for (const query of [
      { query: 'logs.next', cursor: 'none', chunk: 0 },
      { query: 'logs.next', cursor: 'none', chunk: -1 },
    ]) {
      t.equal((await askSealed(link, secret, nodeSubjects.query('n.1'), query)).status, 400);
    }
    t.match(await server.channel.usage(address), { kind: 'found' });
    t.equal(server.placements.state.nodes.get('n.1')?.epoch, address.epoch);
  },
);

onEachNats(t, 'a desired list that is larger than a message is sent in pages', async (t, binary) => {
  const nats = await NatsServer.start(t, { binary, maxPayload: 65_536 });
  const server = await startNatsScene(t, nats.url);
  const jobId = 'large';
  const count = 40;
  const version = await server.pen.job(jobId, {
    name: 'web',
    tasks: [
      { name: 'main', driver: 'exec', config: { command: 'sleep 1000' }, env: { TEXT: 'x'.repeat(6_000) } },
    ],
  });
  const ids = Array.from({ length: count }, () => randomUUID());
  // Without a dispatcher, only the list can bring these allocations to the node.
  await server.dispatcher.stop();
  const { nodeId } = await startAgent(t, {
    dataDir: ownFolder(t),
    natsUrl: nats.url,
    nodeId: 'n.1',
    heartbeatSeconds: 0.3,
  });
  await eventually(() => server.placements.state.nodes.has(nodeId));
  for (const id of ids) await server.pen.place(id, nodeId, jobId, version);
  await eventually(
    () =>
      [...(server.placements.state.nodes.get(nodeId)?.allocations.values() ?? [])].filter(
        (each) => each.started,
      ).length === count,
    {
      timeout: 30_000,
    },
  );
  t.pass(`${count} allocations arrived`);
});

onEachNats(
  t,
  'an agent that NATS restricts to its own subjects works, and cannot act as another',
  async (t, binary) => {
    const { register, heartbeat, desired, document, orders, query } = nodeSubjects;
    const own = (id: string) =>
      [register(id), heartbeat(id), desired(id), document(id)].map((subject) => `"${subject}"`).join(', ');
    const agentPermissions = `publish: [${own('n.1')}], subscribe: ["${orders('n.1')}", "${query('n.1')}", "${inboxOf('n.1')}.>"], allow_responses: true`;
    const nats = await NatsServer.start(t, {
      binary,
      authorization: `users: [ { user: server, password: secret }, { user: agent, password: secret, permissions: { ${agentPermissions} } } ]`,
      credentials: 'server:secret',
    });
    const server = await startNatsScene(t, nats.urlFor('server:secret'), { joinToken: TOKEN });
    await startAgent(t, {
      dataDir: ownFolder(t),
      natsUrl: nats.urlFor('agent:secret'),
      nodeId: 'n.1',
      heartbeatSeconds: 0.3,
      joinToken: TOKEN,
    });
    await eventually(() => server.placements.state.nodes.has('n.1'));
    const version = await server.pen.job('j1', {
      name: 'web',
      tasks: [{ name: 'main', driver: 'exec', config: { command: 'echo hello' } }],
    });
    await server.pen.place('a1', 'n.1', 'j1', version);
    await eventually(async () => (await server.pen.types('node-n.1')).includes('AllocationCompleted'));
    const log = await server.channel.logs(
      { nodeId: 'n.1', epoch: 1, endpoint: 'nats:x#sealed' },
      'a1',
      { stream: 'stdout', follow: false },
      new AbortController().signal,
    );
    t.equal(log.kind, 'found');

    const thief = await connect({ ...nats.login, user: 'agent', pass: 'secret' });
    t.teardown(() => thief.close());
    const seen: string[] = [];
    for (const subject of ['muster.>', '_INBOX.>', orders('n2')])
      thief.subscribe(subject, {
        callback: (error, message) => void (error === null && seen.push(message.subject)),
      });
    thief.publish(heartbeat('n2'), JSON.stringify({ node_id: 'n2' }));
    thief.publish(register('n2'), JSON.stringify({ node_id: 'n2', ip_address: '10.0.0.2', resources: {} }));
    await thief.flush();
    await server.channel.usage({ nodeId: 'n.1', epoch: 1, endpoint: 'nats:x#sealed' });
    t.notOk(server.placements.state.nodes.has('n2'));
    t.same(seen, []);
  },
);

void t.test('refuses HTTP registrations for NATS subjects', async (t) => {
  const server = await startServer(t);
  await t.rejects(server.register({ endpoint: 'nats:muster.node.bjE' }), { code: 'MUSTER_E_INVALID' });
});
