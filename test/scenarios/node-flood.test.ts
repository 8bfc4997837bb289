import t from 'tap';
import { Agent, request } from 'undici';
import { startAgent } from '../fixtures/agent.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

const JOIN_TOKEN = 'join-token-of-this-test';
/** Number of registrations, more than `BOUND` allows for one address. */
const FLOOD = 60;
const BOUND = 50;

void t.test(
  'one address cannot use up the limit on nodes and hostnames for others, and running jobs are unaffected',
  async (t) => {
    const server = await startServer(t, {
      env: { MUSTER_JOIN_TOKEN: JOIN_TOKEN, MUSTER_ALLOW_BEARER_JOIN: 'true' },
    });
    const agent = await startAgent(t, server, { env: { MUSTER_JOIN_TOKEN: JOIN_TOKEN } });
    await server.api.submit(job('works'));
    await server.api.jobIs('works', 'running');

    const from = (address: string) => {
      const dispatcher = new Agent({ localAddress: address, connections: 8 });
      t.teardown(() => dispatcher.destroy());
      return async (path: string, body: object, token?: string): Promise<number> => {
        const headers = {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        };
        const answer = await request(`${server.url}${path}`, {
          method: 'POST',
          dispatcher,
          headers,
          body: JSON.stringify(body),
        });
        await answer.body.dump();
        return answer.statusCode;
      };
    };
    const [neighbour, attacker] = [from('127.0.0.2'), from('127.0.0.1')];
    const node = (node_id: string) => ({
      node_id,
      ip_address: '127.0.0.1',
      resources: { cpu: 1000, memory: 1000 },
      endpoint: 'http://127.0.0.1:9',
    });
    t.equal(await neighbour('/register', node('neighbour'), JOIN_TOKEN), 200);
    t.equal(await neighbour('/api/nodes/register', { hostname: 'neighbour.example' }), 201);
    const flood = await Promise.all(
      Array.from({ length: FLOOD }, (_, index) => attacker('/register', node(`flood-${index}`), JOIN_TOKEN)),
    );
    t.same(new Set(flood), new Set([200]));
    for (let index = 0; index < FLOOD; index += 1)
      t.equal(await attacker('/api/nodes/register', { hostname: `flood-${index}.example` }), 201);

    const ids = (await server.api.nodes()).map(({ node_id }) => node_id);
    t.equal(ids.filter((id) => id.startsWith('flood-')).length, BOUND);
    t.ok(ids.includes('neighbour'));
    t.ok(ids.includes(agent.nodeId));
    t.equal((await server.api.job('works')).status, 'running');
    const listed = await muster(['node', 'list', '--address', server.url]);
    t.match(listed, { code: 0 });
    t.equal(listed.stdout.split('\n').filter((line) => /flood-\d/.test(line)).length, BOUND);

    const account = { username: 'ann', password: 'password123' };
    await server.api.post('/api/auth/register', account);
    const { body: login } = await server.api.post<{ token: string }>('/api/auth/login', account);
    const headers = { authorization: `Bearer ${login.token}` };
    const { body } = await server.api.get<{ nodes: { hostname: string | null }[] }>('/api/nodes?limit=1000', {
      headers,
    });
    const names = body.nodes.map(({ hostname }) => hostname).filter((name) => name !== null);
    t.equal(names.filter((name) => name.startsWith('flood-')).length, BOUND);
    t.ok(names.includes('neighbour.example'));
    t.ok(names.includes(`flood-${FLOOD - 1}.example`));
    t.notOk(names.includes('flood-0.example'), 'the oldest hostname was dropped');
    await server.stop();
    await invariantsHold(t, server);
  },
);
