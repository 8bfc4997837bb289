import { MusterError } from '#domain/kernel/errors/index.js';
import type { Dependencies, PresentTask } from '#domain/tasks/task/index.js';

/** A task that is to depend on others. `taskId`: undefined before it has an id. */
export interface Follower {
  readonly taskId?: number;
  readonly tenantId: string;
  readonly after: Dependencies | undefined;
  /** Its present dependencies. They were checked when they were set, and may have been deleted since. */
  readonly before: Dependencies | undefined;
}

type Find = (taskId: number) => Promise<PresentTask | undefined>;

/** Maximum number of tasks that are visited in the search for a cycle. */
const MAX_VISITED = 1000;

/** Refuses dependencies that are not tasks of the tenant, and cycles. Throws `MUSTER_E_INVALID`. */
export async function checkChain({ taskId, tenantId, after, before }: Follower, find: Find): Promise<void> {
  if (after === undefined) return;
  for (const each of after.tasks) {
    if (before?.tasks.includes(each) === true) continue;
    const task = each === taskId ? undefined : await find(each);
    if (each !== taskId && task?.tenantId !== tenantId) throw refused(`there is no task ${each}`);
  }
  const circle = taskId === undefined ? undefined : await circleOf(taskId, after, find);
  if (circle !== undefined) throw refused(`a circle: task ${circle.join(' after ')}`);
}

/** Returns the cycle from the task through its dependencies back to itself, if there is one. */
async function circleOf(
  taskId: number,
  after: Dependencies,
  find: Find,
): Promise<readonly number[] | undefined> {
  const seen = new Set<number>();
  const ways: (readonly number[])[] = after.tasks.map((each) => [taskId, each]);
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1) ?? taskId;
    if (last === taskId) return way;
    if (seen.has(last)) continue;
    seen.add(last);
    if (seen.size > MAX_VISITED) throw refused(`leads to more than ${MAX_VISITED} tasks`);
    for (const each of (await find(last))?.definition.after?.tasks ?? []) ways.push([...way, each]);
  }
  return undefined;
}

function refused(problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field: 'after.tasks', problem });
}
