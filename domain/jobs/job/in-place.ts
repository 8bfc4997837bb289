import { groupIdentity } from './group-identity.js';
import { groupNamed, type JobSpecification } from './specification.js';

/** Returns whether a group is the same work in both specifications, so that its instances keep running. `fulfilled` is the field of `JobUpdated`. */
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

/** Returns the groups whose constraints change, but not their work. An instance keeps running if its node meets the new constraints. */
export function boundAnew(before: JobSpecification, after: JobSpecification): string[] {
  const [old, young] = [unbound(before), unbound(after)];
  return after.task_groups
    .map(({ name }) => name)
    .filter((name) => !staysInPlace(name, before, after) && staysInPlace(name, old, young));
}

function unbound({ task_groups }: JobSpecification): JobSpecification {
  return { task_groups: task_groups.map(({ constraints: _, ...group }) => group) };
}
