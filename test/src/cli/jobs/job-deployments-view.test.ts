import t from 'tap';
import type { Cluster } from '#src/cli/shared/client.js';
import { deploymentLine, jobDeploymentTable } from '#src/cli/jobs/job-deployments-view.js';

type Deployment = Cluster['JobDeployment'];

const group = { name: 'web', wanted: 4, opened: 2, healthy: 1 };
const deployment: Deployment = {
  version: 3,
  status: 'running',
  groups: [group],
  reason: null,
  waits_for: null,
  gives_way_to: 0,
  reverts: null,
  started_at: 1_763_625_600,
  ended_at: null,
};
const reason = { code: 'failed', message: 'An instance failed: exit 3' } as const;
const row = (over: Partial<Deployment>): string | undefined =>
  jobDeploymentTable({ deployments: [{ ...deployment, ...over }], count: 1 })[1];

await t.test(
  'shows every status of a deployment with its progress and the reason why it ended',
  async (t) => {
    t.match(row({}), /^3 +running +1\/4 +2025-11-20T08:00:00Z +- +-$/);
    t.match(row({ waits_for: 'there are no nodes' }), / waiting: there are no nodes$/);
    for (const status of ['completed', 'failed', 'cancelled'] as const)
      t.match(
        row({ status, reason, ended_at: 1_763_625_600 }),
        new RegExp(`^3 +${status} +1/4 +2025-\\S+ +2025-\\S+ +An instance failed: exit 3$`),
      );
    t.match(
      row({ reverts: 2, groups: [group, { ...group, name: 'api' }] }),
      /^3 \(reverts 2\) +running +web 1\/4, api 1\/4 /,
    );
  },
);

await t.test('summarizes a deployment in one line for the page of its job', async (t) => {
  t.equal(deploymentLine(deployment), 'of version 3: running, 1/4 healthy');
  t.equal(
    deploymentLine({ ...deployment, status: 'failed', reason, reverts: 2 }),
    'of version 3: failed, 1/4 healthy, reverts failed version 2. An instance failed: exit 3',
  );
});
