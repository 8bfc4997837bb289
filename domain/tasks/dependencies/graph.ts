import { MusterError } from '../../kernel/errors/index.js';

export const MAX_VISITED = 1000;

/** Returns the tasks on which a task depends, or undefined if it is not a task of the tenant. */
export type DependenciesOf = (taskId: number) => readonly number[] | undefined;

export interface WantedDependencies {
  readonly taskId: number | undefined;
  readonly after: readonly number[];
  /** The task's current dependencies. They were valid when they were set, but the tasks may have been deleted since. */
  readonly before: readonly number[];
}

/** Refuses cycles, and dependencies that are not tasks of the tenant. Throws `MUSTER_E_INVALID`. */
export function checkDependencies(
  { taskId, after, before }: WantedDependencies,
  dependenciesOf: DependenciesOf,
): void {
  for (const each of after)
    if (each !== taskId && !before.includes(each) && dependenciesOf(each) === undefined)
      throw refused(`there is no task ${each}`);
  const circle = taskId === undefined ? undefined : circleOf(taskId, after, dependenciesOf);
  if (circle !== undefined) throw refused(`circular dependency: task ${circle.join(' after ')}`);
}

function circleOf(
  taskId: number,
  after: readonly number[],
  dependenciesOf: DependenciesOf,
): readonly number[] | undefined {
  const seen = new Set<number>();
  const ways: (readonly number[])[] = after.map((each) => [taskId, each]);
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1) ?? taskId;
    if (last === taskId) return way;
    if (seen.has(last)) continue;
    seen.add(last);
    if (seen.size > MAX_VISITED) throw refused(`leads to more than ${MAX_VISITED} tasks`);
    for (const each of dependenciesOf(last) ?? []) ways.push([...way, each]);
  }
  return undefined;
}

function refused(problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field: 'after.tasks', problem });
}
