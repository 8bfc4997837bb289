import type { Recorded } from '../../kernel/event/index.js';
import type { GroupRollout, JOB_DEPLOYMENT_OUTCOMES } from './deployment.js';
import type { JobEvent } from './events.js';
import { staysInPlace } from './in-place.js';
import type { JobSpecification, TaskGroup } from './specification.js';
import { DEFAULT_UPDATE } from './update.js';

/** The progress of a version's deployment, folded from the job's own events. */
export interface JobRollout {
  readonly version: number;
  readonly groups: readonly GroupRollout[];
  readonly former: number | null;
  readonly reverts?: number;
  readonly startedAt: number;
  readonly progressAt: number;
  readonly outcome: (typeof JOB_DEPLOYMENT_OUTCOMES)[number] | null;
}

/**
 * Returns the deployment of the latest version, or undefined if it has none. `present` is the latest version before the event. Returns the same
 * object if nothing changed.
 */
export function evolveRollout(
  rollout: JobRollout | undefined,
  present: number,
  event: Recorded<JobEvent>,
): JobRollout | undefined {
  switch (event.type) {
    case 'JobSubmitted':
    case 'JobUpdated':
    case 'JobRestarted':
    case 'JobDeleted':
    case 'JobArchived':
      return undefined;
    case 'JobDeploymentStarted': {
      const { groups, former, reverts } = event.data;
      const { at } = event.metadata;
      return {
        version: present,
        groups,
        former,
        ...(reverts !== undefined && { reverts }),
        startedAt: at,
        progressAt: at,
        outcome: null,
      };
    }
    case 'JobDeploymentAdvanced': {
      if (rollout?.version !== event.data.version || rollout.outcome !== null) return rollout;
      const opened = new Map(event.data.groups.map((each) => [each.name, each.open]));
      const groups = rollout.groups.map((group) => ({
        ...group,
        open: Math.max(group.open, opened.get(group.name) ?? 0),
      }));
      return { ...rollout, groups, progressAt: event.metadata.at };
    }
    case 'JobDeploymentSettled':
      return rollout?.version !== event.data.version || rollout.outcome !== null
        ? rollout
        : { ...rollout, outcome: event.data.outcome };
    default:
      return rollout;
  }
}

/** The previous specification, whose allocations may still run. `fulfilled`: that of the update. */
export interface FormerWork {
  readonly specification: JobSpecification;
  readonly rollout?: JobRollout | undefined;
  readonly fulfilled?: readonly string[] | undefined;
}

/**
 * Returns the groups that a new specification rolls out: those with `update` whose tasks changed or whose previous rollout did not complete. If
 * `former` is undefined, all slots run the new version from the start.
 */
export function rolledOut(specification: JobSpecification, former: FormerWork | undefined): GroupRollout[] {
  return specification.task_groups.flatMap((group) => {
    const { update, count = 1 } = group;
    if (update === undefined) return [];
    const { max_parallel, min_healthy_seconds, progress_deadline_seconds, auto_revert } = update;
    const plan = {
      name: group.name,
      count,
      maxParallel: max_parallel ?? DEFAULT_UPDATE.maxParallel,
      minHealthySeconds: min_healthy_seconds ?? DEFAULT_UPDATE.minHealthySeconds,
      progressDeadlineSeconds: progress_deadline_seconds ?? DEFAULT_UPDATE.progressDeadlineSeconds,
      autoRevert: auto_revert ?? false,
    };
    const isNew = former?.specification.task_groups.every(({ name }) => name !== group.name) ?? true;
    if (former === undefined || isNew) return [{ ...plan, open: count }];
    if (!staysInPlace(group.name, former.specification, specification, former.fulfilled))
      return [{ ...plan, open: Math.min(count, plan.maxParallel) }];
    const left = unfinished(former.rollout, group);
    return left === undefined
      ? []
      : [{ ...plan, open: left.open === left.count ? count : Math.min(count, left.open) }];
  });
}

/** Returns whether no group was added or removed, and each group is still the same work. */
export function sameWork(
  before: JobSpecification,
  after: JobSpecification,
  fulfilled?: readonly string[],
): boolean {
  const groups = after.task_groups;
  return (
    before.task_groups.length === groups.length &&
    groups.every(({ name }) => staysInPlace(name, before, after, fulfilled))
  );
}

function unfinished(rollout: JobRollout | undefined, { name: of }: TaskGroup): GroupRollout | undefined {
  return rollout === undefined || rollout.outcome === 'completed'
    ? undefined
    : rollout.groups.find((each) => each.name === of);
}

/** Returns how many slots to open so that at most `maxParallel` of the open ones are unhealthy. */
export function opened(
  rollout: JobRollout,
  healthy: readonly { readonly name: string; readonly healthy: number }[],
): { name: string; open: number }[] {
  return rollout.groups.flatMap(({ name: of, open, count, maxParallel }) => {
    const well = healthy.find((each) => each.name === of)?.healthy ?? 0;
    const next = Math.min(count, Math.min(well, open) + maxParallel);
    return next > open ? [{ name: of, open: next }] : [];
  });
}
