import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/free-port.js';
import { job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(180_000 * PATIENCE);

const JOIN_TOKEN = 'join-token-of-this-test';

void t.test('what was recorded on the way to an agent orders nothing', async (t) => {
  const env = { MUSTER_JOIN_TOKEN: JOIN_TOKEN };
  const server = await startServer(t, { env });
  const port = await freePort();
  const recorded: string[] = [];
  const sockets = new Set<Socket>();
  const relay = createServer((client) => {
    const agent = connect(port, '127.0.0.1');
    client.on('data', (bytes) => {
      recorded.push(bytes.toString('latin1'));
      agent.write(bytes);
    });
    agent.pipe(client);
    for (const [end, other] of [
      [client, agent],
      [agent, client],
    ] as const) {
      sockets.add(end);
      end.on('error', () => undefined).on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    relay.close();
    for (const socket of sockets) socket.destroy();
  });
  const agent = await startAgent(t, server, {
    env: {
      ...env,
      MUSTER_AGENT_PORT: String(port),
      MUSTER_AGENT_URL: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`,
    },
  });
  // An agent may also fetch an order with its heartbeat.
  const orders: string[] = [];
  for (let count = 1; orders.length === 0 && count <= 20; count += 1) {
    const id = `through-the-relay-${count}`;
    await server.api.submit(job(id, { command: 'true' }));
    await server.api.jobIs(id, 'complete');
    orders.push(...recorded.filter((each) => each.startsWith('POST /allocations') && each.includes('mac=')));
  }
  t.not(orders.length, 0, 'an order was proven');
  t.notMatch(recorded.join(''), /bearer|musorder_|musnode_[^_ ]+_/i, 'no credential was sent');

  const altered = orders.map((request) => request.replace('through-the-relay', 'through-the-felay'));
  for (const request of [...orders, ...altered])
    t.match(await sendRaw(port, request), /^HTTP\/1.1 4(01|28) /);
  await agent.kill();
  await agent.start();
  for (const request of orders)
    t.match(await sendRaw(port, request), /^HTTP\/1.1 4(01|28) /, 'after a restart');
  await eventually(async () => (await server.api.nodes()).some(({ healthy }) => healthy), {
    what: 'the node',
  });
});

async function sendRaw(port: number, request: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(request, 'latin1')));
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(bytes.toString('latin1'));
    });
    socket.once('error', reject);
  });
}
