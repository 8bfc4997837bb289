import { MusterError } from '#domain/errors/index.js';
import type { Chain, PresentTask } from '#domain/task/index.js';

/** A task that is to follow others. `taskId`: undefined while it has none. */
export interface Follower {
  readonly taskId?: number;
  readonly tenantId: string;
  readonly after: Chain | undefined;
  /** What it follows so far: that was judged when it was said, and may have been deleted since. */
  readonly before: Chain | undefined;
}

type Find = (taskId: number) => Promise<PresentTask | undefined>;

/** Tasks that are looked at for a circle. */
const MOST_LOOKED_AT = 1000;

/** Refuses to follow what is no task of the tenant, and itself by whatever way. Errors: `MUSTER_E_INVALID`. */
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

/** From the task by those that it follows back to itself; undefined: no way leads there. */
async function circleOf(taskId: number, after: Chain, find: Find): Promise<readonly number[] | undefined> {
  const seen = new Set<number>();
  const ways: (readonly number[])[] = after.tasks.map((each) => [taskId, each]);
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1) ?? taskId;
    if (last === taskId) return way;
    if (seen.has(last)) continue;
    seen.add(last);
    if (seen.size > MOST_LOOKED_AT) throw refused(`leads to more than ${MOST_LOOKED_AT} tasks`);
    for (const each of (await find(last))?.definition.after?.tasks ?? []) ways.push([...way, each]);
  }
  return undefined;
}

function refused(problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field: 'after.tasks', problem });
}
