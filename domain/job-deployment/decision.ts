import type { GroupRollout, JobDeploymentReason } from '../job/deployment.js';
import type { JobRollout } from '../job/rollout.js';
import { failureOf, healthySinceBySlot, unhealthyReason, type WorkSlot, type WorkView } from '../owned-work/index.js';

/** What is known of the deployment of a job's newest version. */
export interface DeploymentWork {
  /** Null: that version has none. */
  readonly rollout: JobRollout | null;
  readonly work: WorkView;
}

/** What has to be said of a deployment now. */
export type DeploymentDecision =
  | { readonly kind: 'advance'; readonly healthy: readonly { readonly name: string; readonly healthy: number }[] }
  | { readonly kind: 'complete'; readonly reason: JobDeploymentReason }
  /** `group`: the one that it failed by. */
  | { readonly kind: 'fail'; readonly group: string; readonly reason: JobDeploymentReason };

/** Decides from what is known; undefined: nothing has to be said. What was reached counts before what was not reached in time. */
export function decideDeployment({ rollout, work }: DeploymentWork, now: number): DeploymentDecision | undefined {
  if (rollout?.outcome !== null) return undefined;
  const { groups, progressAt } = rollout;
  const counts = groups.map((group) => ({ group, moments: momentsOf(work, group) }));
  if (counts.every(({ group: { count }, moments }) => reached(moments, now) === count)) {
    const instances = groups.reduce((sum, { count }) => sum + count, 0);
    return { kind: 'complete', reason: { code: 'healthy', message: instances === 1 ? 'Its instance is well.' : `All ${instances} instances are well.` } };
  }
  for (const { group } of counts) {
    const failure = failureOf(work, group.name);
    if (failure !== undefined) return failed(group, 'failed', `${groups.length === 1 ? '' : `Group ${group.name}: `}${failure}`);
  }
  const healthy = counts.map(({ group: { name, open }, moments }) => ({ name, healthy: reached(moments.slice(0, open), now) }));
  if (counts.some(({ group: { open, count, maxParallel } }, index) => open < count && healthy[index]!.healthy + maxParallel > open))
    return { kind: 'advance', healthy };
  for (const { group, moments } of counts) {
    const { name, count, progressDeadlineSeconds } = group;
    const well = reached(moments, now);
    if (well === count || now < progressAt + progressDeadlineSeconds * 1000) continue;
    const told = `${well} of ${count} instances of ${name} are well, and no further one came to be in ${progressDeadlineSeconds} s. ${unhealthyReason(work, name)}`;
    return failed(group, 'deadline', told);
  }
  return undefined;
}

/** From when on there may be something to say, though nothing happens, in milliseconds since the epoch; undefined: only what happens makes a difference. */
export function nextDecisionAt({ rollout, work }: DeploymentWork): number | undefined {
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
    // So many of those that are open have to count before one more can be opened.
    if (open < count) next.push(moments.slice(0, open).toSorted(byMoment)[open - maxParallel] ?? Number.POSITIVE_INFINITY);
  }
  const at = Math.min(...next, all.reduce(later, 0));
  return Number.isFinite(at) ? at : undefined;
}

/** By slot: from when on what holds it counts, milliseconds since the epoch. What did what it was to do counts always, what is not well never. */
function momentsOf(work: WorkView, { name, count, minHealthySeconds }: GroupRollout): number[] {
  return healthySinceBySlot(work, name, count).map((since, number) => {
    if (since !== null) return since + minHealthySeconds * 1000;
    return isDone(work.groups[name]?.slots[number] ?? null) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  });
}

function isDone(slot: WorkSlot | null): boolean {
  return slot?.final === true && slot.released === 'complete';
}

function reached(moments: readonly number[], now: number): number {
  return moments.filter((moment) => now >= moment).length;
}

/** Their difference would be none of two that are infinite. */
function byMoment(one: number, other: number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function later(one: number, other: number): number {
  return Math.max(one, other);
}

function failed({ name }: GroupRollout, code: JobDeploymentReason['code'], message: string): DeploymentDecision {
  return { kind: 'fail', group: name, reason: { code, message: message.slice(0, 2000) } };
}
