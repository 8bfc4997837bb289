/** A third-party agent, which speaks NATS as in the AsyncAPI document and seals nothing. */
import t from 'tap';
import { orderToken } from '#agents/platform/order-token.js';
import {
  fieldsOf,
  headersOf,
  jsonOf,
  respond,
  type Fields,
} from '#agents/platform/transport/nats/message.js';
import { nodeSubjects, subjectToken } from '#agents/platform/transport/nats/subjects.js';
import type { AgentAddress } from '#domain/protocol/agent-channel.js';
import { eventually, PATIENCE } from '../../../../fixtures/eventually.js';
import { onEachNats, openLink, startNatsScene } from '../../../../fixtures/nats-scene.js';
import { NatsServer } from '../../../../fixtures/nats-server.js';
import { TOKEN } from './scene.js';

t.setTimeout(180_000 * PATIENCE);

const REGISTRATION = { node_id: 'foreign-1', ip_address: '10.0.0.9', resources: { cpu: 4000, memory: 4096 } };

onEachNats(
  t,
  'an agent that seals nothing can join and gets unsealed orders, and no other client can act as its node',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary });
    const server = await startNatsScene(t, nats.url, { joinToken: TOKEN, allowBearerJoin: true });
    const link = openLink(t, nats.url, 'foreign agent');
    await link.whenConnected(10_000);
    const { register, heartbeat } = nodeSubjects;
    const ask = async (subject: string, body: object, bearer?: string) => {
      const fields: Fields = {
        'x-muster-agent': '1',
        authorization: bearer === undefined ? undefined : `Bearer ${bearer}`,
      };
      const answer = await link.request(subject, JSON.stringify(body), headersOf(fields), 5000);
      return { fields: fieldsOf(answer), body: jsonOf(answer) };
    };

    for (const bearer of [undefined, 'x'.repeat(30), `${TOKEN}x`])
      t.equal(
        (await ask(register('foreign-1'), REGISTRATION, bearer)).fields['x-muster-status'],
        '401',
        `the credential ${bearer} is refused`,
      );
    const { fields, body } = await ask(register('foreign-1'), REGISTRATION, TOKEN);
    t.match(
      { fields, body },
      { fields: { 'x-muster-status': '200' }, body: { message: 'Node registered successfully' } },
    );
    const secret = fields['x-muster-node-secret'] ?? '';
    const node = await eventually(() => server.placements.state.nodes.get('foreign-1'), { what: 'the node' });
    t.equal(node.endpoint, `nats:muster.node.${subjectToken('foreign-1')}`);
    t.equal(
      (await ask(heartbeat('foreign-1'), { node_id: 'foreign-1' }, secret)).fields['x-muster-status'],
      '200',
    );
    t.equal(
      (await ask(heartbeat('foreign-1'), { node_id: 'foreign-1' }, TOKEN)).fields['x-muster-status'],
      '401',
      'the join token is refused once the node has used its own secret',
    );
    t.equal(
      (await ask(heartbeat('foreign-2'), { node_id: 'foreign-2' }, secret)).fields['x-muster-status'],
      '401',
      'the secret of a node is refused for another node',
    );

    const odd = await ask(
      heartbeat('foreign-1'),
      { node_id: 'foreign-1', allocations: { 'a-1': { status: 'completed' } } },
      secret,
    );
    t.match(odd, {
      fields: { 'x-muster-status': '400' },
      body: {
        error:
          'allocations.a-1.status: must be one of pending, running, complete, failed, stopped, lost, not "completed"',
      },
    });
    const tasks = { main: { status: 'exited' } };
    const oddTask = await ask(
      heartbeat('foreign-1'),
      { node_id: 'foreign-1', allocations: { 'a-1': { status: 'running', tasks } } },
      secret,
    );
    t.match(oddTask.body, {
      error:
        'allocations.a-1.tasks.main.status: must be one of pending, running, complete, failed, stopped, not "exited"',
    });

    const orders: { readonly fields: Fields; readonly body: unknown }[] = [];
    link.subscribe(nodeSubjects.orders('foreign-1'), undefined, (message) => {
      orders.push({ fields: fieldsOf(message), body: jsonOf(message) });
      respond(message, 200, { message: 'stopped' });
    });
    // A round trip on the same connection: NATS has the subscription by then.
    await ask(heartbeat('foreign-1'), { node_id: 'foreign-1' }, secret);
    const address: AgentAddress = { nodeId: 'foreign-1', epoch: node.epoch, endpoint: node.endpoint ?? '' };
    t.same(await server.channel.stop(address, 'a-1'), { kind: 'stopped' });
    t.match(orders, [
      {
        fields: { authorization: `Bearer ${orderToken(secret)}`, 'x-muster-epoch': String(node.epoch) },
        body: { order: 'stop', allocation_id: 'a-1' },
      },
    ]);
  },
);
