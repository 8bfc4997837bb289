import t from 'tap';
import { statusLines } from '#src/cli/tasks/status-view.js';

void t.test('prints six lines of status, and counts the remaining tasks as disabled', async (t) => {
  const status = {
    tasks: { total: 150, active: 120, paused: 20, running: 10 },
    workers: { total: 5, online: 4, offline: 1 },
    runs_today: 450,
    success_rate: 98.5,
  };
  t.same(statusLines(status, 'Asia/Kathmandu', 'degraded: sealing-keys since 2026-01-01T00:00:00Z'), [
    'Server        degraded: sealing-keys since 2026-01-01T00:00:00Z',
    'Tasks         150: 120 active, 20 paused, 10 disabled',
    'Running       10 of them',
    'Workers       5: 4 online, 1 offline',
    'Runs today    450 (Asia/Kathmandu)',
    'Success rate  98.5 %',
  ]);
});
