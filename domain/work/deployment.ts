import type { GroupRollout, JobDeploymentReason } from '../jobs/job/deployment.js';
import type { JobRollout } from '../jobs/job/rollout.js';
import { DUE_IMMEDIATELY } from './due.js';
import { failureOf, healthyMessage, healthySinceBySlot, unhealthyReason } from './instances.js';
import type { WorkSlot, WorkView } from './view.js';

export interface DeploymentWork {
  readonly rollout: JobRollout | null;
  readonly work: WorkView;
}

export type DeploymentDecision =
  | {
      readonly kind: 'advance';
      readonly healthy: readonly { readonly name: string; readonly healthy: number }[];
    }
  | { readonly kind: 'complete'; readonly reason: JobDeploymentReason }
  | { readonly kind: 'fail'; readonly group: string; readonly reason: JobDeploymentReason };

export function decideDeployment(
  { rollout, work }: DeploymentWork,
  now: number,
): DeploymentDecision | undefined {
  if (rollout?.outcome !== null) return undefined;
  const { groups, progressAt } = rollout;
  const counts = groups.map((group) => ({ group, moments: momentsOf(work, group) }));
  if (counts.every(({ group: { count }, moments }) => reached(moments, now) === count)) {
    const instances = groups.reduce((sum, { count }) => sum + count, 0);
    return {
      kind: 'complete',
      reason: { code: 'healthy', message: healthyMessage(instances) },
    };
  }
  for (const { group } of counts) {
    const failure = failureOf(work, group.name);
    if (failure !== undefined)
      return failed(group, 'failed', `${groups.length === 1 ? '' : `Group ${group.name}: `}${failure}`);
  }
  const healthy = counts.map(({ group: { name, open }, moments }) => ({
    name,
    healthy: reached(moments.slice(0, open), now),
  }));
  if (
    counts.some(
      ({ group: { open, count, maxParallel } }, index) =>
        open < count && healthy[index]!.healthy + maxParallel > open,
    )
  )
    return { kind: 'advance', healthy };
  for (const { group, moments } of counts) {
    const { name, count, progressDeadlineSeconds } = group;
    const ready = reached(moments, now);
    if (ready === count || now < progressAt + progressDeadlineSeconds * 1000) continue;
    const message = `${ready} of ${count} instances of ${name} are healthy; no other became healthy within ${progressDeadlineSeconds} s. ${unhealthyReason(work, name)}`;
    return failed(group, 'deadline', message);
  }
  return undefined;
}

/**
 * Returns when the next decision is due, in milliseconds since the epoch, or undefined if none is. `decideDeployment` is called with the earliest
 * possible time, because `nextDecisionAt` covers the decisions that depend on the clock.
 */
export function jobDeploymentDueAt(deployment: DeploymentWork): number | undefined {
  return decideDeployment(deployment, Number.NEGATIVE_INFINITY) === undefined
    ? nextDecisionAt(deployment)
    : DUE_IMMEDIATELY;
}

/** Returns when a decision may become due without an event, in milliseconds since the epoch, or undefined if only an event can cause a decision. */
function nextDecisionAt({ rollout, work }: DeploymentWork): number | undefined {
  if (rollout?.outcome !== null) return undefined;
  const { groups, progressAt } = rollout;
  const all: number[] = [];
  const next: number[] = [];
  for (const group of groups) {
    const { open, count, maxParallel, progressDeadlineSeconds } = group;
    const moments = momentsOf(work, group);
    const deadline = progressAt + progressDeadlineSeconds * 1000;
    if (moments.some((moment) => moment > deadline)) next.push(deadline);
    all.push(...moments);
    // Opening one more slot requires that this many of the open ones are healthy.
    if (open < count)
      next.push(moments.slice(0, open).toSorted(byMoment)[open - maxParallel] ?? Number.POSITIVE_INFINITY);
  }
  const at = Math.min(...next, all.reduce(later, 0));
  return Number.isFinite(at) ? at : undefined;
}

/** Returns when the instance of each slot counts as healthy, in milliseconds since the epoch. */
function momentsOf(work: WorkView, { name, count, minHealthySeconds }: GroupRollout): number[] {
  return healthySinceBySlot(work, name, count).map((since, number) => {
    if (since !== null) return since + minHealthySeconds * 1000;
    return isDone(work.groups[name]?.slots[number] ?? null)
      ? Number.NEGATIVE_INFINITY
      : Number.POSITIVE_INFINITY;
  });
}

function isDone(slot: WorkSlot | null): boolean {
  return slot?.final === true && slot.released === 'complete';
}

function reached(moments: readonly number[], now: number): number {
  return moments.filter((moment) => now >= moment).length;
}

/** Compares instead of subtracting, because the difference of two infinities is NaN. */
function byMoment(one: number, other: number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function later(one: number, other: number): number {
  return Math.max(one, other);
}

function failed(
  { name }: GroupRollout,
  code: JobDeploymentReason['code'],
  message: string,
): DeploymentDecision {
  return { kind: 'fail', group: name, reason: { code, message: message.slice(0, 2000) } };
}
