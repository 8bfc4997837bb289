import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/free-port.js';
import { job } from '../fixtures/jobs.js';
import { recordingRelay, sendRecorded } from '../fixtures/raw-request.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(180_000 * PATIENCE);

const JOIN_TOKEN = 'join-token-of-this-test';

void t.test('what was recorded on the way to an agent orders nothing', async (t) => {
  const env = { MUSTER_JOIN_TOKEN: JOIN_TOKEN };
  const server = await startServer(t, { env });
  const port = await freePort();
  const { url, recorded } = await recordingRelay(t, port);
  const agent = await startAgent(t, server, {
    env: {
      ...env,
      MUSTER_AGENT_PORT: String(port),
      MUSTER_AGENT_URL: url,
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
    t.match(await sendRecorded(port, request), /^HTTP\/1.1 4(01|28) /);
  await agent.kill();
  await agent.start();
  for (const request of orders)
    t.match(await sendRecorded(port, request), /^HTTP\/1.1 4(01|28) /, 'after a restart');
  await eventually(async () => (await server.api.nodes()).some(({ healthy }) => healthy), {
    what: 'the node',
  });
});
