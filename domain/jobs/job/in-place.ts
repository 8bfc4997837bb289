import { groupIdentity } from './group-identity.js';
import { groupNamed, type JobSpecification } from './specification.js';

/** Returns whether a group is the same work in both specifications, so that its instances stay. `fulfilled`: that of the update (`JobUpdated`). */
export function staysInPlace(
  group: string,
  before: JobSpecification,
  after: JobSpecification,
  fulfilled: readonly string[] = [],
): boolean {
  const [old, young] = [groupNamed(before.task_groups, group), groupNamed(after.task_groups, group)];
  if (old === undefined || young === undefined) return false;
  return (
    fulfilled.includes(group) ||
    groupIdentity(old, before.constraints) === groupIdentity(young, after.constraints)
  );
}

/** Returns the groups of which an update changes constraints, but not the work. Instances stay if their nodes fulfil the new constraints. */
export function boundAnew(before: JobSpecification, after: JobSpecification): string[] {
  const [old, young] = [unbound(before), unbound(after)];
  return after.task_groups
    .map(({ name }) => name)
    .filter((name) => !staysInPlace(name, before, after) && staysInPlace(name, old, young));
}

function unbound({ task_groups }: JobSpecification): JobSpecification {
  return { task_groups: task_groups.map(({ constraints: _, ...group }) => group) };
}
