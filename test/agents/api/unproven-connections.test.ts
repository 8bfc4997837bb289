import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t from 'tap';
import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import { PATIENCE } from '../../fixtures/eventually.js';
import { call, startPair } from '../support/agent.js';

t.setTimeout(60_000 * PATIENCE);

void t.test('connections that ask for nothing do not keep servers out', async (t) => {
  const { agent } = await startPair(t);
  const { port } = new URL(agent.url);
  const idle: Socket[] = [];
  t.teardown(() => idle.forEach((socket) => socket.destroy()));
  const before = createHttpAgentChannel({ requestTimeoutMs: 5_000 * PATIENCE });
  const after = createHttpAgentChannel({ requestTimeoutMs: 5_000 * PATIENCE });
  t.teardown(async () => await Promise.all([before.close(), after.close()]));
  const address = { nodeId: agent.nodeId, epoch: 1, endpoint: agent.url };
  t.match(await before.status(address, 'unknown'), { kind: 'absent' });
  for (let count = 0; count < 1_200; count += 1) {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    idle.push(socket);
  }
  t.match(await after.status(address, 'unknown'), { kind: 'absent' }, 'a new connection');
  t.match(await before.status(address, 'unknown'), { kind: 'absent' }, 'one that was used before');
  t.equal((await call('GET', `${agent.url}/livez`)).status, 200);
});
