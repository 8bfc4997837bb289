import { MusterError } from '../../kernel/errors/index.js';
import { groupCountProblem, groupNamed, slotsProblem, type JobSpecification } from './specification.js';

/**
 * Returns the specification with another count of one group, which is otherwise the same. `name` may be absent if there is only one group. Throws
 * `MUSTER_E_INVALID` for an unknown group, and for a count that the group or the job cannot have.
 */
export function withCount(
  specification: JobSpecification,
  count: number,
  name: string | undefined,
): JobSpecification {
  const { task_groups: groups } = specification;
  const names = groups.map((each) => each.name).join(', ');
  if (name === undefined && groups.length > 1)
    throw invalid('group', `is required, because the job has several: ${names}`);
  const group = name === undefined ? groups[0] : groupNamed(groups, name);
  if (group === undefined) throw invalid('group', `must be one of ${names}`);
  const changed = { ...group, count };
  const task_groups = groups.map((each) => (each === group ? changed : each));
  const problem = groupCountProblem(changed) ?? slotsProblem(task_groups);
  if (problem !== undefined) throw invalid('count', problem);
  return { ...specification, task_groups };
}

function invalid(field: string, problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field, problem });
}
