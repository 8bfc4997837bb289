import t from 'tap';
import { usageTable } from '#src/cli/services/service-usage-view.js';

const AT = '2026-11-22T10:00:00Z';
const instance = { deployment: 1, allocation_id: '6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11', node_id: 'n1' };

void t.test('shows the current, mean and maximum usage of each instance, or why it is unknown', async (t) => {
  const points = [
    { at: AT, cpu_usage: 10, memory_usage: 1_048_576 },
    { at: '2026-11-22T10:00:30Z', cpu_usage: 50, memory_usage: 3_145_728 },
    { at: '2026-11-22T10:01:00Z', cpu_usage: 30, memory_usage: 2_097_152 },
  ];
  t.same(usageTable({ interval_seconds: 30, instances: [{ ...instance, points, problem: null }] }), [
    'INSTANCE  NODE  CPU     MEAN    HIGHEST  MEMORY   MEAN     HIGHEST  SINCE',
    `6a1f5c39  n1    30.0 %  30.0 %  50.0 %   2.0 MiB  2.0 MiB  3.0 MiB  ${AT}`,
  ]);
  t.same(
    usageTable({
      interval_seconds: 30,
      instances: [{ ...instance, points: [], problem: 'The node did not respond.' }],
    }),
    [
      'INSTANCE  NODE  CPU  MEAN  HIGHEST  MEMORY  MEAN  HIGHEST  SINCE',
      '6a1f5c39  n1    -    -     -        -       -     -        The node did not respond.',
    ],
  );
  t.match(
    usageTable({ interval_seconds: 30, instances: [{ ...instance, points: [], problem: null }] })[1],
    /not measured yet$/,
  );
  const half = [{ at: AT, cpu_usage: null, memory_usage: 1_048_576 }];
  t.match(
    usageTable({ interval_seconds: 30, instances: [{ ...instance, points: half, problem: null }] })[1],
    /n1 +- +- +- +1\.0 MiB/,
  );
});
