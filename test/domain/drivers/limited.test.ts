import t from 'tap';
import { limitedBy } from '#domain/drivers/limited.js';

void t.test('reports nothing for a node with complete isolation and limits', (t) => {
  t.same(
    limitedBy({
      'exec.users': 'separate',
      'exec.isolation': 'cgroup-v2',
      'exec.namespaces': 'own',
      'exec.tenants': 'accepted',
      'docker.files_counted': 'all',
      'docker.container_ports': 'closed',
      'docker.tenants': 'accepted',
    }),
    [],
  );
  t.same(limitedBy({}), []);
  t.end();
});

void t.test('says what a node takes no more of, because it could not start it', (t) => {
  t.match(limitedBy({ 'docker.start_fault': 'no space', 'docker.gpu_fault': 'no driver' }), [
    { attribute: 'docker.start_fault', value: 'no space', means: /gets no containers until/ },
    { attribute: 'docker.gpu_fault', value: 'no driver', means: /gets no containers with GPUs until/ },
  ]);
  t.end();
});

void t.test('explains the limitations of a node and how to remove them', (t) => {
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
        means: /^the agent is not root, .* as root, it gives each tenant its own user$/,
      },
      { attribute: 'exec.isolation', value: 'none', means: /measured but not limited/ },
      { attribute: 'exec.namespaces', value: 'shared', means: /share \/tmp, \/dev\/shm/ },
      {
        attribute: 'exec.tenants',
        value: 'refused',
        means:
          /this node does not run processes of tenants.*start it as root, or set MUSTER_TENANTS_SHARE_AGENT_USER=true/,
      },
    ],
  );
  t.match(limitedBy({ 'exec.tenants': 'refused', 'exec.tenants_refused_for': 'shared_tmp' }), [
    { means: /share \/tmp and \/dev\/shm.*MUSTER_TENANTS_SHARE_TMP=true/ },
  ]);
  t.match(limitedBy({ 'docker.files_counted': 'without_volumes' }), [
    { means: /files in the volumes .* are not counted; start it as root/ },
  ]);
  t.match(limitedBy({ 'exec.users': 'none' }), [
    { means: /does not run processes of tenants; grant it CAP_SETUID/ },
  ]);
  t.end();
});
