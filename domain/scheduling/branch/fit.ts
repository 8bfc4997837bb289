import type { JobSpecification } from '../../jobs/job/specification.js';
import type { BlockedReason } from '../plan-log/events.js';
import { countOf } from '../feasibility/group-specification.js';
import { dryRun, type DryRun } from '../planning/dry-run.js';
import type { ClusterState } from '../state/cluster-state.js';
import type { BranchOptions } from './branch.js';

export interface Fit {
  readonly count: number;
  readonly atLeast: boolean;
  /** What one more instance of the job would lack, and in which group. Undefined if there may be capacity for more instances. */
  readonly limit: { readonly group: string; readonly reason: BlockedReason } | undefined;
}

/** Maximum number of instances to place. */
const MAX_INSTANCES = 10_000;
/** No job has this id, because identifiers contain no `+`. */
const NEW_JOB = '+fit';

export function fitOf(state: ClusterState, specification: JobSpecification, options: BranchOptions): Fit {
  const instances = specification.task_groups.reduce((sum, group) => sum + countOf(group), 0);
  const most = Math.floor(MAX_INSTANCES / Math.max(1, instances));
  const tried = (count: number): DryRun =>
    dryRun(
      state,
      { jobId: NEW_JOB, specification: timesOf(specification, count), evaluationId: NEW_JOB, most: 0 },
      options,
    );
  if (instances === 0 || fits(tried(most))) return { count: most, atLeast: true, limit: undefined };
  let count = 0;
  let tooMany = most;
  // The scheduler fills slots one after the other, so if a number of instances does not fit, no larger number does.
  while (tooMany - count > 1) {
    const middle = (count + tooMany) >> 1;
    if (fits(tried(middle))) count = middle;
    else tooMany = middle;
  }
  const short = tried(tooMany).groups.find(({ unplaced }) => unplaced > 0);
  return {
    count,
    atLeast: false,
    limit: short?.reason && { group: short.name, reason: short.reason },
  };
}

function fits({ groups }: DryRun): boolean {
  return groups.every(({ unplaced }) => unplaced === 0);
}

function timesOf(specification: JobSpecification, times: number): JobSpecification {
  return {
    ...specification,
    task_groups: specification.task_groups.map((group) => ({ ...group, count: countOf(group) * times })),
  };
}
