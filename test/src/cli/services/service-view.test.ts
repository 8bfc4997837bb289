import t from 'tap';
import { DEPLOYMENT_STATUSES, SERVICE_STATUSES } from '#domain/services/service/index.js';
import type { Services } from '#src/cli/shared/client.js';
import {
  deploymentTable,
  doubtfulText,
  endpointTable,
  servicePage,
  serviceTable,
  versionTable,
} from '#src/cli/services/service-view.js';

const AT = '2026-11-22T10:00:00Z';
const ID = '770e8400-e29b-41d4-a716-446655440000';
const WHY = { code: 'failed', message: 'An instance failed: exited with code 1' } as const;
const head = { id: ID, name: 'orders', type: 'database', description: null, created_at: AT, updated_at: AT };

void t.test('shows every status of a service with the outcome of its newest deployment', async (t) => {
  const line = {
    id: ID,
    status: 'failed',
    nomad_job_id: 'a',
    started_at: null,
    completed_at: AT,
    version: 2,
    reason: WHY,
  } as const;
  for (const status of SERVICE_STATUSES) {
    const [, shown = ''] = serviceTable({ services: [{ ...head, status, deployments: [] }], total: 1 });
    t.match(shown, new RegExp(`^orders +database +${status} +- +${AT} +${ID}$`));
  }
  t.match(
    serviceTable({ services: [{ ...head, status: 'running', deployments: [line] }], total: 1 })[1],
    'failed: An instance failed: exited with code 1',
  );
  const waiting = {
    services: [
      {
        ...head,
        status: 'deploying' as const,
        deployments: [{ ...line, status: 'pending' as const, reason: null }],
      },
    ],
    total: 1,
  };
  t.match(
    serviceTable(waiting, new Map([[head.id, 'no node has enough free capacity']]))[1],
    'pending: no node has enough free capacity',
  );
  t.same(serviceTable({ services: [], total: 0 }).length, 1, 'an empty list has only the heading');
});

void t.test('shows the addresses of a service, and why it failed', async (t) => {
  const service: Services['Service'] = {
    ...head,
    status: 'running',
    created_by: ID,
    version: 3,
    config: { image: 'web:1' },
    endpoints: [{ port: 80, address: '10.0.0.5:21034' }],
    reason: null,
  };
  t.match(
    servicePage(service).join('\n'),
    /Status +running\nVersion +3\nSource +web:1\nPort 80 +10\.0\.0\.5:21034\n/,
  );
  t.match(
    servicePage({ ...service, status: 'failed', endpoints: [], reason: WHY }).join('\n'),
    /Status +failed\nReason +An instance failed: exited with code 1\n/,
  );
  const config = { nomad_job_file: 'postgresql.nomad' };
  t.match(
    servicePage({ ...service, config, connection_string: null }).join('\n'),
    /Source +postgresql\.nomad\n[^]*Connection +once it is running\n/,
  );
  t.match(
    servicePage({ ...service, config: { nomad_job_file: 'job "x" {\n}' } }).join('\n'),
    /Source +job "x" \{ …\n/,
  );
  t.match(
    servicePage({ ...service, status: 'deploying' }, '1 of 1 node lacks memory').join('\n'),
    /Status +deploying\nWaits +1 of 1 node lacks memory\n/,
  );
  t.same(endpointTable(service), ['PORT  ADDRESS', '80    10.0.0.5:21034']);
});

void t.test('shows every status of a deployment, and what it waits for', async (t) => {
  const steps = { placed: null, image_pulled: null, started: null, healthy: null };
  const deployment: Services['ServiceDeployment'] = {
    id: ID,
    nomad_job_id: 'a',
    service_id: ID,
    deployed_by: ID,
    deployed_by_name: 'ann (key ci)',
    created_at: AT,
    started_at: null,
    completed_at: null,
    number: 1,
    version: 2,
    because: 'updated',
    reason: null,
    steps,
    instances: { wanted: 2, healthy: 1 },
    waits_for: null,
    status: 'pending',
  };
  for (const status of DEPLOYMENT_STATUSES)
    t.match(
      deploymentTable({ deployments: [{ ...deployment, status }], total: 1 })[1],
      new RegExp(`^1 +2 +updated +ann \\(key ci\\) +${status} +1/2 +${AT} +- +-$`),
    );
  t.match(
    deploymentTable({ deployments: [{ ...deployment, waits_for: 'there are no nodes' }], total: 1 })[1],
    'waiting: there are no nodes',
  );
  const over = {
    ...deployment,
    status: 'failed' as const,
    reason: WHY,
    completed_at: AT,
    instances: { wanted: 0, healthy: 0 },
  };
  t.match(
    deploymentTable({ deployments: [over], total: 1 })[1],
    new RegExp(`failed +- +${AT} +${AT} +An instance failed`),
  );
});

void t.test('shows the cause, the image digest and the changes of each service version', async (t) => {
  const version = {
    version: 3,
    because: 'rolled_back',
    from: 1,
    created_by: ID,
    created_by_name: 'ann (key ci)',
    created_at: AT,
    config: {},
    image_digest: 'web@sha256:00',
    changes: [{ path: 'image', before: 'web:2', after: null }],
  } as const;
  t.match(
    versionTable({ versions: [{ ...version, changes: [...version.changes] }], total: 1 })[1],
    /^3 +rolled_back to 1 +ann \(key ci\) +\S+ +web@sha256:00 +image: web:2 → -$/,
  );
  t.match(
    versionTable({
      versions: [{ ...version, from: null, because: 'created', image_digest: null, changes: [] }],
      total: 1,
    })[1],
    /^3 +created +ann \(key ci\) +\S+ +- +-$/,
  );
});

void t.test('says which values may not be those of restored content, and what to do', async (t) => {
  t.equal(
    doubtfulText('my orders', ['DB_PASSWORD'], undefined),
    "DB_PASSWORD may be other than in the restored content. If clients are refused: muster service rollback 'my orders' VERSION (the version at the time of the backup: its values are taken), or muster service rotate 'my orders' DB_PASSWORD",
  );
  t.equal(
    doubtfulText('orders', ['DB_NAME', 'DB_PASSWORD'], 3),
    'DB_NAME, DB_PASSWORD: not as in the restored content, which has the values of version 3. To take them: muster service rollback orders VERSION (any version; it keeps the values of the content)',
  );
  const service: Services['Service'] = {
    ...head,
    status: 'running',
    created_by: ID,
    version: 4,
    config: { image: 'web:1' },
    reason: null,
    values_may_differ: ['DB_PASSWORD'],
    values_of_version: 3,
  };
  t.match(servicePage(service).join('\n'), /^Values +DB_PASSWORD: not as .* of version 3/m);
});
