import { z } from 'zod';
import type { JobSpecification, TaskGroup } from '#domain/jobs/job/specification.js';
import {
  contractGroupOf,
  contractGroups,
  groupOfContract,
  type ContractGroup,
  type contractJob,
} from '#domain/protocol/index.js';
import { TEMPLATE_FIELDS } from '#domain/jobs/template/events.js';

/**
 * Translates between the contract and domain specifications: `config.image` means docker, otherwise `config.command` means exec. Submitted strings
 * are returned unchanged.
 */
export const contractTemplate = z.strictObject({
  ...TEMPLATE_FIELDS,
  task_groups: contractGroups.optional(),
});
export const contractTemplateChanges = contractTemplate.partial();

interface Sent {
  readonly task_groups?: readonly ContractGroup[] | undefined;
}

interface StoredGroups {
  readonly task_groups?: readonly TaskGroup[] | undefined;
}

export function compiledJob({ task_groups, ...rest }: z.output<typeof contractJob>): JobSpecification {
  return { task_groups: task_groups.map(groupOfContract), ...rest };
}

/** Like {@link compiledJob}, but for a template or changes to one, in which groups are optional. */
export function compiled<Content extends Sent>({
  task_groups,
  ...rest
}: Content): Omit<Content, 'task_groups'> & { task_groups?: TaskGroup[] } {
  return { ...rest, ...(task_groups !== undefined && { task_groups: task_groups.map(groupOfContract) }) };
}

export function echoed({ task_groups }: StoredGroups): ContractGroup[] {
  return (task_groups ?? []).map(contractGroupOf);
}
