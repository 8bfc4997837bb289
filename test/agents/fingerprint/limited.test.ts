import t from 'tap';
import { limitedBy } from '#agents/fingerprint/limited.js';

void t.test('a node that keeps all apart and within bounds has nothing to say', (t) => {
  t.same(
    limitedBy({
      'exec.users': 'separate',
      'exec.isolation': 'cgroup-v2',
      'exec.namespaces': 'own',
      'exec.tenants': 'accepted',
    }),
    [],
  );
  t.same(limitedBy({}), []);
  t.end();
});

void t.test('limits of a node are explained, with a way to change them', (t) => {
  t.match(
    limitedBy({
      'exec.users': 'shared',
      'exec.isolation': 'none',
      'exec.namespaces': 'shared',
      'exec.tenants': 'refused',
    }),
    [
      {
        attribute: 'exec.users',
        value: 'shared',
        means: /^the agent is not root, .* as root it gives each tenant a user$/,
      },
      { attribute: 'exec.isolation', value: 'none', means: /measured and not limited/ },
      { attribute: 'exec.namespaces', value: 'shared', means: /share \/tmp, \/dev\/shm/ },
      {
        attribute: 'exec.tenants',
        value: 'refused',
        means:
          /no process of a tenant is taken.*start it as root, or set MUSTER_TENANTS_SHARE_AGENT_USER=true/,
      },
    ],
  );
  t.match(
    limitedBy({
      'exec.tenants': 'refused',
      'exec.tenants_refused_for': 'open_store',
      'exec.open_stores': 'MongoDB at 10.0.0.7:27017',
    }),
    [
      {
        means:
          /asks for no credentials.*MUSTER_TENANTS_REACH_OPEN_STORES=true.*\(MongoDB at 10\.0\.0\.7:27017\)/,
      },
    ],
  );
  t.match(limitedBy({ 'exec.users': 'none' }), [
    { means: /runs no processes of tenants; let it \(CAP_SETUID/ },
  ]);
  t.end();
});
