import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, headers, type MsgHdrs } from 'nats';
import t from 'tap';
import { orderToken } from '#agents/platform/order-token.js';
import { nodeSubjects } from '#agents/platform/transport/nats/subjects.js';
import { startAgent } from '../../../../agents/support/agent.js';
import { eventually, PATIENCE } from '../../../../fixtures/eventually.js';
import { ownFolder } from '../../../../fixtures/folder.js';
import { onEachNats } from '../../../../fixtures/nats-scene.js';
import { NatsServer } from '../../../../fixtures/nats-server.js';
import { scene, TOKEN } from './scene.js';

t.setTimeout(300_000 * PATIENCE);

onEachNats(
  t,
  'a client that reads and publishes everything on NATS learns no secret, starts nothing and cannot act as a node',
  async (t, binary) => {
    const { nats, server, node, address, run, happened } = await scene(t, binary, TOKEN);
    const thief = await connect(nats.login);
    t.teardown(() => thief.close());
    interface Seen {
      readonly subject: string;
      readonly data: Uint8Array;
      readonly headers?: MsgHdrs;
    }
    const seen: Seen[] = [];
    thief.subscribe('>', { callback: (error, message) => void (error === null && seen.push(message)) });
    await thief.flush();
    const again = await startAgent(t, {
      dataDir: ownFolder(t),
      natsUrl: nats.url,
      nodeId: 'n.2',
      heartbeatSeconds: 0.3,
      joinToken: TOKEN,
    });
    await eventually(() => server.placements.state.nodes.has('n.2'), {
      what: 'a registration that the thief can read',
    });
    const mark = join(ownFolder(t), 'ran');
    const id = await run({
      config: { command: `echo ran >> ${mark}; echo told-by-the-log` },
      env: { PASSWORD: 'hunter2' },
    });
    await eventually(() => happened(id, 'AllocationCompleted'));
    const log = await server.channel.logs(
      address,
      id,
      { stream: 'stdout', follow: false },
      new AbortController().signal,
    );
    t.equal(log.kind, 'found');
    if (log.kind === 'found')
      for await (const chunk of log.chunks) t.match(Buffer.from(chunk).toString(), /told-by-the-log/);
    t.ok(seen.length > 10, `${seen.length} messages were recorded`);
    const secrets = [
      TOKEN,
      await server.access.secretOf('n.1'),
      await server.access.secretOf('n.2'),
      'hunter2',
      'told-by-the-log',
      mark,
      'Bearer',
    ];
    for (const { subject, data, headers } of seen) {
      const text = `${Buffer.from(data).toString('latin1')} ${headers?.toString() ?? ''} ${[...(headers ?? [])].flat(2).join(' ')}`;
      for (const secret of secrets) if (text.includes(secret)) t.fail(`${subject} shows ${secret}`);
    }

    // Unsealed messages: without a credential, as accepted without a join token, and with each secret as Bearer.
    const evil = join(ownFolder(t), 'evil');
    const group = {
      name: 'web',
      tasks: [{ name: 'main', driver: 'exec', config: { command: `touch ${evil}` } }],
    };
    const placed = JSON.stringify({
      order: 'place',
      allocation: { allocation_id: randomUUID(), job_id: 'evil', task_group: group },
    });
    for (const bearer of [undefined, TOKEN, orderToken(await server.access.secretOf('n.1'))]) {
      const sent = headers();
      sent.set('x-muster-epoch', String(node.epoch));
      if (bearer !== undefined) sent.set('authorization', `Bearer ${bearer}`);
      const answer = await thief.request(nodeSubjects.orders('n.1'), placed, {
        headers: sent,
        timeout: 5000,
      });
      t.equal(answer.headers?.get('x-muster-status'), '401');
      t.equal(
        (
          await thief.request(nodeSubjects.heartbeat('n.1'), '{"node_id":"n.1"}', {
            headers: sent,
            timeout: 5000,
          })
        ).headers?.get('x-muster-status'),
        '401',
      );
    }
    // Replays everything recorded, to its subject and to the other node's, with the thief's inbox for replies.
    const before = seen.splice(0);
    const events = (await server.pen.types('node-n.1')).length;
    for (const { subject, data, headers: recorded } of before) {
      if (subject.startsWith('_INBOX')) continue;
      for (const to of [subject, subject.replace('bi4x', 'bi4y')])
        thief.publish(to, data, {
          reply: 'thief.inbox',
          ...(recorded !== undefined && { headers: recorded }),
        });
    }
    await thief.flush();
    // Messages with an altered byte in each of their parts.
    for (const { subject, data, headers: recorded } of before
      .filter((each) => /orders|heartbeat/.test(each.subject))
      .slice(0, 10)) {
      for (const at of [0, 11, 12, 20, data.length - 1]) {
        const altered = Uint8Array.from(data);
        altered[at] = (altered[at] ?? 0) ^ 1;
        const fresh = headers();
        for (const [name, [value = '']] of recorded ?? [])
          fresh.set(name, name === 'x-muster-message' ? randomBytes(16).toString('base64url') : value);
        thief.publish(subject, altered, { reply: 'thief.inbox', headers: fresh });
        thief.publish(subject, data, { reply: 'thief.inbox', headers: fresh });
      }
    }
    await thief.flush();
    await eventually(async () => (await server.channel.usage(address)).kind === 'found', {
      what: 'a response of the agent after all of these messages',
    });
    await eventually(() => seen.some(({ subject }) => subject === 'thief.inbox'), { what: 'refusals' });
    for (const { subject, headers: answered, data } of seen) {
      if (subject === 'thief.inbox')
        t.match(answered?.get('x-muster-status'), '401', Buffer.from(data).toString());
    }
    t.equal(readFileSync(mark, 'utf8'), 'ran\n', 'no task ran twice');
    t.notOk(existsSync(evil));
    t.equal((await server.pen.types('node-n.1')).length, events, 'no event was recorded twice');
    t.equal(server.placements.state.nodes.get('n.1')?.epoch, node.epoch);
    await again.stop();
  },
);

onEachNats(t, 'an impostor of the server cannot make an agent run anything', async (t, binary) => {
  const nats = await NatsServer.start(t, { binary });
  const impostor = await connect(nats.login);
  t.teardown(() => impostor.close());
  const mark = join(ownFolder(t), 'ran');
  const group = {
    name: 'web',
    tasks: [{ name: 'main', driver: 'exec', config: { command: `touch ${mark}` } }],
  };
  const asked = new Map<string, number>();
  const answer = (subject: string, body: object): void => {
    impostor.subscribe(subject, {
      callback: (_error, message) => {
        asked.set(subject, (asked.get(subject) ?? 0) + 1);
        const sent = headers();
        for (const [name, value] of [
          ['x-muster-status', '200'],
          ['x-muster-epoch', '1'],
          ['x-muster-digest', 'x'.repeat(64)],
          ['x-muster-node-secret', 'musnode_bi4x_of-the-impostor'],
        ] as const)
          sent.set(name, value);
        message.respond(JSON.stringify(body), { headers: sent });
      },
    });
  };
  answer('muster.register.*', { message: 'Node registered successfully' });
  answer('muster.heartbeat.*', { message: 'Heartbeat received' });
  const order = { allocation_id: randomUUID(), job_id: 'evil', task_group: group };
  answer('muster.desired.*', {
    node_id: 'n.1',
    epoch: 1,
    digest: 'x'.repeat(64),
    allocations: [order],
    more: false,
  });
  await impostor.flush();
  const dataDir = ownFolder(t);
  await startAgent(t, { dataDir, natsUrl: nats.url, nodeId: 'n.1', heartbeatSeconds: 0.1, joinToken: TOKEN });
  await eventually(() => (asked.get('muster.register.*') ?? 0) >= 3, {
    what: 'registrations that the impostor answered',
  });
  t.notOk(asked.has('muster.desired.*'), 'the agent accepts no registration from the impostor');
  t.notOk(existsSync(mark));
  t.notOk(existsSync(join(dataDir, 'agent/node-secret')), 'the agent stores no secret from the impostor');
});
