import type { BlockedReasons } from '../../scheduling/plan-log/events.js';
import { isImageDigest } from '../../jobs/job/chosen-image.js';
import {
  failureOf,
  healthyMessage,
  isMadeFrom,
  slotsOf,
  waitingReason,
  waitingSentence,
  healthySinceBySlot,
  unhealthyReason,
  type WorkView,
} from '../../work/index.js';
import type { DeploymentReason, FormerPorts } from './events.js';
import { deploymentJobOf } from './identifier.js';
import {
  workContentOf,
  workVersionOf,
  type ActiveDeploymentState,
  type DeploymentState,
} from './deployment-state.js';

export const SERVICE_GROUP = 'service';
/** The task that pulls the image of a deployment before the previous deployment is stopped. */
export const PULL_TASK = 'pull';

export interface DeploymentProgress extends DeploymentWork {
  readonly serviceId: string;
  readonly number: number;
}

export interface DeploymentWork {
  readonly standing: DeploymentState;
  readonly requestedAt: number;
  readonly work: WorkView;
}

export type DeploymentDecision =
  | { readonly kind: 'pin'; readonly restarts: number; readonly imageDigest: string }
  | { readonly kind: 'prepared' }
  | { readonly kind: 'advance'; readonly healthy: number }
  | { readonly kind: 'settle'; readonly outcome: 'completed' | 'failed'; readonly reason: DeploymentReason }
  | { readonly kind: 'fail'; readonly reason: DeploymentReason };

export function decideDeployment(
  deployment: DeploymentProgress,
  now: number,
): DeploymentDecision | undefined {
  return imageToPin(deployment) ?? decideWork(deployment, now);
}

function decideWork(
  { standing, requestedAt, work }: DeploymentWork,
  now: number,
): DeploymentDecision | undefined {
  switch (standing.kind) {
    case 'over':
      return undefined;
    case 'serving': {
      if (work.finished === null) return undefined;
      return { kind: 'fail', reason: { code: 'failed', message: endOf(work) ?? 'Its job has ended.' } };
    }
    case 'rollout': {
      if (standing.pullOn !== undefined) return decidePull(standing, requestedAt, work, now);
      return decideRollout(standing, requestedAt, withoutPulls(work), now);
    }
  }
}

function decidePull(
  { plan: { progressDeadlineSeconds } }: ActiveDeploymentState,
  requestedAt: number,
  work: WorkView,
  now: number,
): DeploymentDecision | undefined {
  if (slotsOf(work, SERVICE_GROUP).some((slot) => slot.running && isPull(slot))) return { kind: 'prepared' };
  const ended = endOf(work);
  if (ended !== undefined) return settle('failed', 'failed', ended);
  return now >= requestedAt + progressDeadlineSeconds * 1000
    ? settle(
        'failed',
        'deadline',
        `The image has not been pulled after ${progressDeadlineSeconds} s. ${unhealthyReason(work, SERVICE_GROUP)}`,
      )
    : undefined;
}

function decideRollout(
  standing: ActiveDeploymentState,
  requestedAt: number,
  work: WorkView,
  now: number,
): DeploymentDecision | undefined {
  const { count, minHealthySeconds, progressDeadlineSeconds } = standing.plan;
  const healthy = healthySinceBySlot(work, SERVICE_GROUP, standing.instances).filter(
    (since) => since !== null && now >= since + minHealthySeconds * 1000,
  ).length;
  if (healthy >= count) return settle('completed', 'healthy', healthyMessage(count));
  const ended = endOf(work);
  if (ended !== undefined) return settle('failed', 'failed', ended);
  if (now >= requestedAt + progressDeadlineSeconds * 1000)
    return settle(
      'failed',
      'deadline',
      `${healthy} of ${count} instances are healthy after ${progressDeadlineSeconds} s. ${unhealthyReason(work, SERVICE_GROUP)}`,
    );
  return healthy >= standing.instances ? { kind: 'advance', healthy } : undefined;
}

/** Whether the slot is, or was last, filled by the task that only pulls the image. */
export function isPull({ tasks }: { readonly tasks: Readonly<Record<string, unknown>> }): boolean {
  return Object.hasOwn(tasks, PULL_TASK);
}

/** Leaves out what only pulled the image: it says nothing about the health of the deployment's instances. */
export function withoutPulls(work: WorkView): WorkView {
  const group = work.groups[SERVICE_GROUP];
  if (group?.slots.some((slot) => slot !== null && isPull(slot)) !== true) return work;
  const slots = group.slots.map((slot) => (slot === null || isPull(slot) ? null : slot));
  return { ...work, groups: { ...work.groups, [SERVICE_GROUP]: { ...group, slots } } };
}

/**
 * Returns the image from which an instance was started, or undefined if it is already recorded or unknown. Instances from before a restart and ended
 * instances are ignored, because a finished job must not be changed.
 */
function imageToPin({
  serviceId,
  number,
  standing,
  work,
}: DeploymentProgress): Extract<DeploymentDecision, { kind: 'pin' }> | undefined {
  if (standing.kind === 'over' || standing.image?.image_digest !== undefined || work.finished !== null)
    return undefined;
  if (
    !isMadeFrom(deploymentJobOf(serviceId, number), work.asked, {
      version: workVersionOf(standing),
      alias: workContentOf(standing),
    })
  )
    return undefined;
  const running = slotsOf(work, SERVICE_GROUP).filter((slot) => slot.running);
  const [imageDigest] = running.flatMap(({ tasks }) =>
    Object.values(tasks).flatMap(({ imageDigest: told = '' }) => (isImageDigest(told) ? [told] : [])),
  );
  return imageDigest === undefined ? undefined : { kind: 'pin', restarts: standing.restarts, imageDigest };
}

/** Returns when a decision may become due without an event, in milliseconds since the epoch, or undefined if only an event can cause a decision. */
export function nextDecisionAt({ standing, requestedAt, work }: DeploymentWork): number | undefined {
  if (standing.kind !== 'rollout') return undefined;
  const { minHealthySeconds, progressDeadlineSeconds } = standing.plan;
  const deadline = requestedAt + progressDeadlineSeconds * 1000;
  if (standing.pullOn !== undefined) return deadline;
  const begun = healthySinceBySlot(withoutPulls(work), SERVICE_GROUP, standing.instances);
  if (begun.some((since) => since === null)) return deadline;
  return Math.min(deadline, Math.max(...begun.map((since) => since ?? 0)) + minHealthySeconds * 1000);
}

export function portsOf(work: WorkView): FormerPorts | undefined {
  const [slot] = slotsOf(work, SERVICE_GROUP);
  if (slot?.ports === undefined) return undefined;
  return Object.fromEntries(
    Object.values(slot.ports).flatMap((ports) =>
      ports.map(({ container, host }) => [String(container), host] as const),
    ),
  );
}

function settle(
  outcome: 'completed' | 'failed',
  code: DeploymentReason['code'],
  message: string,
): DeploymentDecision {
  return { kind: 'settle', outcome, reason: { code, message: message.slice(0, 2000) } };
}

function endOf(work: WorkView): string | undefined {
  const { finished, job } = work;
  const failure = failureOf(work, SERVICE_GROUP);
  if (failure !== undefined) return failure;
  if (finished === 'complete') return 'Its instance exited, but a service must keep running.';
  if (finished !== null || job === 'stopped') return 'Its job has ended.';
  return undefined;
}

export function blockedMessage(blocked: BlockedReasons): string {
  return waitingReason(blocked, SERVICE_GROUP);
}

export function deploymentWaitingSentence(blocked: BlockedReasons): string {
  return waitingSentence(blocked, SERVICE_GROUP);
}
