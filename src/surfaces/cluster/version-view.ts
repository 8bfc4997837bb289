import type { z } from 'zod';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import type { ContractTask } from '#domain/protocol/index.js';
import { differences, Secret, type Difference } from '#src/http/index.js';
import type { VersionEvent } from './job-versions.js';
import { echoed } from './specification.js';
import type { JOB_VERSION_CAUSES, jobVersionList } from './version-contract.js';

type View = z.input<typeof jobVersionList>['versions'][number];

export function viewVersion(
  { type, revision, data, metadata }: VersionEvent,
  present: number,
  changes: Difference[],
  createdByName: string | null,
): View {
  const from = 'from' in data ? data.from : undefined;
  return {
    version: revision,
    present: revision === present,
    because: causeOf(type, from),
    from: from ?? null,
    evaluation_id: data.evaluationId,
    created_by: metadata.actor ?? 'anonymous',
    created_by_name: createdByName,
    created_at: metadata.at / 1000,
    changes,
  };
}

function causeOf(type: VersionEvent['type'], from: number | undefined): (typeof JOB_VERSION_CAUSES)[number] {
  if (from !== undefined) return 'reverted';
  return type === 'JobSubmitted' ? 'submitted' : type === 'JobUpdated' ? 'updated' : 'restarted';
}

/** Compares two unsealed specifications in the contract's format: groups and tasks are matched by name, and environment values are hidden. */
export function jobDifferences(before: JobSpecification, after: JobSpecification): Difference[] {
  return differences(named(before), named(after)).sort((one, other) => (one.path < other.path ? -1 : 1));
}

function named(specification: JobSpecification): Record<string, unknown> {
  const groups = echoed(specification).map(({ name, tasks, ...group }) => [
    name,
    { ...group, tasks: Object.fromEntries(tasks.map(({ name: task, ...rest }) => [task, hidden(rest)])) },
  ]);
  return { ...specification, task_groups: Object.fromEntries(groups) as object };
}

function hidden({ env, ...task }: Omit<ContractTask, 'name'>): object {
  if (env === undefined) return task;
  return {
    ...task,
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, new Secret(value)])),
  };
}
