import type { Tasks } from '../shared/client.js';
import { fieldLines } from '../shared/output.js';

export function statusLines(
  { tasks, workers, runs_today: runs, success_rate: rate }: Tasks['SystemStatus'],
  timezone: string,
  readiness: string,
): string[] {
  const disabled = tasks.total - tasks.active - tasks.paused;
  return fieldLines([
    ['Server', readiness],
    ['Tasks', `${tasks.total}: ${tasks.active} active, ${tasks.paused} paused, ${disabled} disabled`],
    ['Running', `${tasks.running} of them`],
    ['Workers', `${workers.total}: ${workers.online} online, ${workers.offline} offline`],
    ['Runs today', `${runs} (${timezone})`],
    ['Success rate', `${rate} %`],
  ]);
}
