import { z } from 'zod';
import type { JobSpecification, TaskGroup } from '#domain/job/specification.js';
import { contractGroupOf, contractGroups, groupOfContract, type ContractGroup, type contractJob } from '#domain/protocol/index.js';
import { TEMPLATE_FIELDS } from '#domain/template/events.js';

/**
 * What the contract says of jobs and templates, and the way there and back: a task's `config.image` means docker, else
 * `config.command` means exec. What was sent is echoed as it was sent.
 */
export const contractTemplate = z.strictObject({ ...TEMPLATE_FIELDS, task_groups: contractGroups.optional() });
export const contractTemplateChanges = contractTemplate.partial();

interface Sent {
  readonly task_groups?: readonly ContractGroup[] | undefined;
}

interface Kept {
  readonly task_groups?: readonly TaskGroup[] | undefined;
}

/** A job as it was sent, as ours. */
export function compiledJob({ task_groups, ...rest }: z.output<typeof contractJob>): JobSpecification {
  return { task_groups: task_groups.map(groupOfContract), ...rest };
}

/** A template, or changes of one, likewise: it need not have groups. */
export function compiled<Content extends Sent>({ task_groups, ...rest }: Content): Omit<Content, 'task_groups'> & { task_groups?: TaskGroup[] } {
  return { ...rest, ...(task_groups !== undefined && { task_groups: task_groups.map(groupOfContract) }) };
}

/** The groups as they were sent. */
export function echoed({ task_groups }: Kept): ContractGroup[] {
  return (task_groups ?? []).map(contractGroupOf);
}
