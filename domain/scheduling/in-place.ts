import { groupIdentity } from '../jobs/job/group-identity.js';
import type { JobSpecification, TaskGroup } from '../jobs/job/specification.js';

export function staysInPlace(group: string, before: JobSpecification, after: JobSpecification): boolean {
  const [old, young] = [named(group, before), named(group, after)];
  if (old === undefined || young === undefined) return false;
  return groupIdentity(old, before.constraints) === groupIdentity(young, after.constraints);
}

function named(group: string, specification: JobSpecification): TaskGroup | undefined {
  return specification.task_groups.find((each) => each.name === group);
}
