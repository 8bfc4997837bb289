import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/free-port.js';
import { job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

const JOIN_TOKEN = 'join-token-of-this-test';

void t.test(
  'neither the token that a server sends to one node nor the join token gives access to another node',
  async (t) => {
    const server = await startServer(t, {
      env: { MUSTER_JOIN_TOKEN: JOIN_TOKEN, MUSTER_ALLOW_BEARER_JOIN: 'true' },
    });
    const port = await freePort();
    const honest = await startAgent(t, server, {
      env: { MUSTER_JOIN_TOKEN: JOIN_TOKEN, MUSTER_AGENT_PORT: String(port) },
    });

    const shown = new Set<string>();
    const rogue = createServer((request, response) => {
      shown.add(request.headers.authorization ?? 'nothing');
      request.resume();
      response.writeHead(503).end('{"error":"later"}');
    });
    await new Promise<void>((resolve) => rogue.listen(0, '127.0.0.1', resolve));
    t.teardown(() => rogue.close());
    const report = async (path: string, body: object): Promise<number> => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${JOIN_TOKEN}` };
      return (
        await fetch(`${server.url}${path}`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ node_id: 'rogue', ...body }),
        })
      ).status;
    };
    const registration = {
      ip_address: '127.0.0.1',
      resources: { cpu: 4000, memory: 4096 },
      endpoint: `http://127.0.0.1:${(rogue.address() as AddressInfo).port}`,
    };
    t.equal(await report('/register', registration), 200);
    const constraints = (nodeId: string) => [{ attribute: 'node_id', operator: '=', value: nodeId }];
    await server.api.submit(job('lured', { constraints: constraints('rogue') }));
    await eventually(async () => (await report('/heartbeat', {})) === 200 && shown.size > 0, {
      what: 'an order to the rogue node',
    });

    t.notOk(
      [...shown].some((each) => each.includes(JOIN_TOKEN)),
      'the join token is sent to no node',
    );
    t.equal(shown.size, 1);
    const statusOf = async (authorization: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}/allocations`, { headers: { authorization } })).status;
    for (const each of [...shown, `Bearer ${JOIN_TOKEN}`])
      t.equal(await statusOf(each), 401, 'the honest agent refuses the secret');
    await server.api.submit(job('served', { constraints: constraints(honest.nodeId) }));
    await server.api.jobIs('served', 'running');
  },
);
