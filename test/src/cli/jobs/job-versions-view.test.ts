import t from 'tap';
import type { Cluster } from '#src/cli/shared/client.js';
import { jobVersionTable } from '#src/cli/jobs/job-versions-view.js';

type Version = Cluster['JobVersionList']['versions'][number];

const version: Version = {
  version: 4,
  present: false,
  because: 'updated',
  from: null,
  evaluation_id: 'e',
  created_by: 'user:ada',
  created_by_name: 'ada (key ci)',
  created_at: 1_763_625_600,
  changes: [
    { path: 'priority', before: null, after: '70' },
    { path: 'task_groups.web.count', before: '1', after: '2' },
  ],
};

await t.test('shows the cause and the changes of each job version', async (t) => {
  for (const because of ['submitted', 'updated', 'restarted'] as const)
    t.match(
      jobVersionTable({ versions: [{ ...version, because }], count: 1 })[1],
      new RegExp(`^4 +${because} +ada \\(key ci\\) +2025-11-20T08:00:00Z +priority: - → 70; `),
    );
  t.match(jobVersionTable({ versions: [version], count: 1 })[1], 'task_groups.web.count: 1 → 2');
  t.match(
    jobVersionTable({
      versions: [{ ...version, because: 'reverted', from: 1, present: true, changes: [] }],
      count: 1,
    })[1],
    /^4 \(current\) +reverted to 1 .* -$/,
  );
});
