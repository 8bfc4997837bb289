import type { BlockedReasons } from '../plan-log/events.js';
import { isImageDigest } from '../job/chosen-image.js';
import { evaluationOf, healthySince, type WorkSlot, type WorkView } from '../owned-work/index.js';
import type { DeploymentReason, FormerPorts } from './events.js';
import { deploymentJobOf } from './identifier.js';
import { workVersionOf, type Standing } from './standing.js';

/** The one group of a deployment's job. */
export const SERVICE_GROUP = 'service';

/** A deployment, as far as what has to be said of it is seen by it. */
export interface JudgedDeployment extends DeploymentWork {
  readonly serviceId: string;
  readonly number: number;
}

/** What is known of a deployment's work. */
export interface DeploymentWork {
  readonly standing: Standing;
  /** Milliseconds since the epoch. */
  readonly requestedAt: number;
  readonly work: WorkView;
}

/** What has to be said of a deployment now. */
export type Judgement =
  | { readonly kind: 'pin'; readonly restarts: number; readonly imageDigest: string }
  | { readonly kind: 'advance'; readonly healthy: number }
  | { readonly kind: 'settle'; readonly outcome: 'completed' | 'failed'; readonly reason: DeploymentReason }
  | { readonly kind: 'fail'; readonly reason: DeploymentReason };

/** Decides from what is known; undefined: nothing has to be said yet. */
export function judge(deployment: JudgedDeployment, now: number): Judgement | undefined {
  return foundImage(deployment) ?? judgeWork(deployment, now);
}

function judgeWork({ standing, requestedAt, work }: DeploymentWork, now: number): Judgement | undefined {
  switch (standing.kind) {
    case 'over':
      return undefined;
    case 'serving': {
      // One of several that is gone for good leaves the others to serve.
      if (work.finished === null) return undefined;
      return { kind: 'fail', reason: { code: 'failed', message: endOf(work) ?? 'Its job has ended.' } };
    }
    case 'rollout': {
      const { count, minHealthySeconds, progressDeadlineSeconds } = standing.plan;
      const healthy = wellSince(work, standing.instances).filter((since) => since !== null && now >= since + minHealthySeconds * 1000).length;
      if (healthy >= count) return settle('completed', 'healthy', count === 1 ? 'Its instance is well.' : `All ${count} instances are well.`);
      const ended = endOf(work);
      if (ended !== undefined) return settle('failed', 'failed', ended);
      if (now >= requestedAt + progressDeadlineSeconds * 1000)
        return settle('failed', 'deadline', `${healthy} of ${count} instances are well after ${progressDeadlineSeconds} s. ${whyNot(work)}`);
      return healthy >= standing.instances ? { kind: 'advance', healthy } : undefined;
    }
  }
}

/**
 * What its reference of an image means, as an instance was begun from it; undefined: that is said already, or nobody knows it yet. What an instance
 * of before a restart was begun from is not asked, and neither is one that has ended: a job that is over is not to be touched any more.
 */
function foundImage({ serviceId, number, standing, work }: JudgedDeployment): Extract<Judgement, { kind: 'pin' }> | undefined {
  if (standing.kind === 'over' || standing.image?.image_digest !== undefined || work.finished !== null) return undefined;
  if (work.asked !== evaluationOf(deploymentJobOf(serviceId, number), { to: 'be', version: workVersionOf(standing) })) return undefined;
  const running = slotsOf(work.groups).filter((slot) => slot.running);
  const [imageDigest] = running.flatMap(({ tasks }) => Object.values(tasks).flatMap(({ imageDigest: told = '' }) => (isImageDigest(told) ? [told] : [])));
  return imageDigest === undefined ? undefined : { kind: 'pin', restarts: standing.restarts, imageDigest };
}

/** From when on there may be something to say, though nothing happens, in milliseconds since the epoch; undefined: only what happens makes a difference. */
export function judgedAgainAt({ standing, requestedAt, work }: DeploymentWork): number | undefined {
  if (standing.kind !== 'rollout') return undefined;
  const { minHealthySeconds, progressDeadlineSeconds } = standing.plan;
  const deadline = requestedAt + progressDeadlineSeconds * 1000;
  const begun = wellSince(work, standing.instances);
  if (begun.some((since) => since === null)) return deadline;
  return Math.min(deadline, Math.max(...begun.map((since) => since ?? 0)) + minHealthySeconds * 1000);
}

/** By slot, of the first so many: since when its instance is well, milliseconds since the epoch; null: it is not. */
function wellSince({ groups }: WorkView, slots: number): (number | null)[] {
  return Array.from({ length: slots }, (_, number) => {
    const slot = groups[SERVICE_GROUP]?.slots[number] ?? null;
    const since = slot === null ? null : healthySince(slot);
    return since === null ? null : since * 1000;
  });
}

/** Host ports that the work's first instance was given, by port of the container; undefined: none. */
export function portsOf({ groups }: WorkView): FormerPorts | undefined {
  const [slot] = slotsOf(groups);
  if (slot?.ports === undefined) return undefined;
  return Object.fromEntries(Object.values(slot.ports).flatMap((ports) => ports.map(({ container, host }) => [String(container), host] as const)));
}

function settle(outcome: 'completed' | 'failed', code: DeploymentReason['code'], message: string): Judgement {
  return { kind: 'settle', outcome, reason: { code, message: message.slice(0, 2000) } };
}

/** How the job ended for good, in words; undefined: it did not. */
function endOf({ finished, groups, job }: WorkView): string | undefined {
  const failed = slotsOf(groups).find((slot) => slot.final && slot.released !== 'complete');
  if (failed !== undefined) return `An instance failed: ${messageOf(failed)}`;
  if (finished === 'complete') return 'Its instance exited, and a service is not to end.';
  if (finished !== null || job === 'stopped') return 'Its job has ended.';
  return undefined;
}

function messageOf(slot: WorkSlot): string {
  const task = Object.values(slot.tasks).find(({ status }) => status === 'failed');
  return task?.error ?? task?.message ?? slot.message ?? slot.released ?? 'no reason is known';
}

function whyNot(work: WorkView): string {
  if (work.blocked !== null) return `It waits for a node: ${blockedInWords(work.blocked)}.`;
  const slots = slotsOf(work.groups);
  if (slots.length === 0) return 'Nothing was placed.';
  const ill = slots.find((slot) => healthySince(slot) === null) ?? slots[0]!;
  const said = Object.values(ill.tasks).flatMap(({ healthMessage, error, message }) => healthMessage ?? error ?? message ?? []);
  return said[0] === undefined ? (ill.ran ? 'It runs, and is not well.' : 'It has not started.') : `The last that was heard: ${said[0]}`;
}

function slotsOf(groups: WorkView['groups']): WorkSlot[] {
  return (groups[SERVICE_GROUP]?.slots ?? []).filter((slot) => slot !== null);
}

/** Why a group cannot be placed: what filtered the nodes, and what those left lack. */
export function blockedInWords(blocked: BlockedReasons): string {
  const reason = blocked[SERVICE_GROUP];
  if (reason === undefined) return 'no reason is known';
  if (reason.nodes === 0) return 'there is no node';
  const filtered = Object.entries(reason.filtered).map(([filter, nodes]) => `${nodes} of ${reason.nodes} nodes: ${filter}`);
  const lacking = Object.entries(reason.exhausted).map(([what, nodes]) => {
    const volume = /^volume (?:.*\.)?([^.]+)$/.exec(what)?.[1];
    return volume === undefined ? `${nodes} of ${reason.nodes} nodes lack ${what}` : `its volume ${volume} is still in use`;
  });
  return [...filtered, ...lacking].join(', ') || 'no node has room';
}
