import type { JobSpecification, TaskGroup } from './specification.js';

/**
 * Whether allocations of a group may stay when the job gets a new specification: the group is the same but for its
 * `count`, and the job's constraints are the same.
 */
export function staysInPlace(group: string, before: JobSpecification, after: JobSpecification): boolean {
  const [old, young] = [named(group, before), named(group, after)];
  if (old === undefined || young === undefined) return false;
  return same({ ...old, count: 0 }, { ...young, count: 0 }) && same(before.constraints ?? {}, after.constraints ?? {});
}

function named(group: string, specification: JobSpecification): TaskGroup | undefined {
  return specification.task_groups.find((each) => each.name === group);
}

/** Equal as JSON: the order of an object's keys does not count, and an absent key is like an undefined one. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]));
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const key of keys) if (!same(left[key], right[key])) return false;
  return true;
}
