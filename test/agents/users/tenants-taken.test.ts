import t from 'tap';
import { tenantsTaken, type TenantsTakenOptions } from '#agents/users/tenants-taken.js';

const taken = (options: Partial<TenantsTakenOptions>) =>
  tenantsTaken({
    separation: 'shared',
    localAccess: 'same-user',
    servers: ['http://127.0.0.1:8080'],
    addressesOf: async (host) => (host === 'here.example' ? ['10.0.0.5'] : host === 'there.example' ? ['10.0.0.6'] : [host]),
    own: () => ['127.0.0.1', '10.0.0.5', 'fd00::5'],
    ...options,
  });

void t.test('as the agent’s own user on the server’s own machine tenants’ processes are not taken, unless all show a token', async (t) => {
  for (const server of [
    'http://127.0.0.1:8080',
    'http://localhost:8080',
    'http://[::1]:8080',
    'http://10.0.0.5:8080',
    'http://[fd00::5]:1',
    'http://here.example',
  ])
    t.equal(await taken({ servers: [server] }), 'refused', server);
  t.equal(await taken({ servers: ['nats://there.example:4222', 'nats://127.0.0.1:4222'] }), 'refused');
  t.equal(await taken({ localAccess: 'open' }), 'refused');
  t.equal(await taken({ localAccess: 'token' }), 'accepted');
  t.equal(await taken({ servers: ['http://there.example'] }), 'accepted');
  for (const separation of ['separate', 'none'] as const) t.equal(await taken({ separation }), 'accepted');
});
