import t from 'tap';
import type { Tasks } from '#src/cli/shared/client.js';
import { workerPage, workerTable } from '#src/cli/nodes/worker-view.js';

const AT = '2026-11-20T02:00:00Z';

function worker(over: Partial<Tasks['Worker']> = {}): Tasks['Worker'] {
  return {
    id: 'w-1',
    name: 'box',
    status: 'online',
    last_heartbeat: AT,
    current_tasks: 2,
    max_tasks: 10,
    tags: ['gpu', 'python'],
    enabled: true,
    ...over,
  };
}

void t.test('shows every state of a worker in the table', async (t) => {
  t.equal(workerTable([worker()])[1], `w-1     box   online  2/10   gpu,python  ${AT}`);
  for (const status of ['online', 'busy', 'offline'] as const) {
    t.match(workerTable([worker({ status })])[1], ` ${status} `);
    t.match(workerTable([worker({ status, enabled: false, tags: [] })])[1], ` ${status} (disabled) `);
  }
  t.equal(workerTable([]).length, 1);
});

void t.test("shows a worker's usage and runs, and dashes for values that it has not reported", async (t) => {
  const silent = { cpu_usage: null, memory_usage: null, disk_usage: null };
  const bare = workerPage({
    ...worker({ status: 'offline', tags: [] }),
    drivers: [],
    system_info: silent,
    running_runs: [],
    capacity: {},
  }).join('\n');
  t.match(bare, /^Status +offline$/m);
  t.match(bare, /^Drivers +-$/m);
  t.match(bare, /^CPU +-$/m);
  const full = workerPage({
    ...worker({ status: 'busy' }),
    drivers: ['exec', 'http'],
    system_info: { ...silent, cpu_usage: 45.2 },
    running_runs: [{ task_id: 7, run_id: 3, status: 'running', started_at: null }],
    capacity: { slots: { total: 2, used: 2 } },
  }).join('\n');
  t.match(full, /^CPU +45\.2 %$/m);
  t.match(full, /^slots +2 +2$/m);
  t.match(full, /^7 +3 +running +-$/m);
});
