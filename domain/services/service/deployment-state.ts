import type { ChosenImage } from '../../jobs/job/chosen-image.js';
import type { ServiceEvent, ServiceEventOf, RolloutPlan } from './events.js';

/** What a service wants of a deployment, folded from the service's events alone; used by the service's state and by the read model. */
export type DeploymentState = ActiveDeploymentState | { readonly kind: 'over' };

export interface ActiveDeploymentState {
  readonly kind: 'rollout' | 'serving';
  readonly restarts: number;
  readonly instances: number;
  /** How often the number of instances grew again after it had shrunk. Each growth is a new evaluation of its job. Absent: never. */
  readonly regrown?: number;
  readonly plan: RolloutPlan;
  /** The image of its instances. Absent: what the reference resolves to on their node. */
  readonly image?: ChosenImage;
}

export const DEPLOYMENT_STATE_EVENTS = [
  'DeploymentRequested',
  'ServiceImagePinned',
  'DeploymentAdvanced',
  'DeploymentSettled',
  'ServiceRestarted',
  'ServiceStopRequested',
  'ServiceFailed',
  'ServiceDeleted',
] as const satisfies readonly ServiceEvent['type'][];

export const DEPLOYMENT_OVER: DeploymentState = { kind: 'over' };

/** Folds a service's event into the state of this deployment; undefined before the request. The same object means no change. */
export function evolveDeploymentState(
  standing: DeploymentState | undefined,
  number: number,
  event: ServiceEvent,
): DeploymentState | undefined {
  if (standing === undefined)
    return event.type === 'DeploymentRequested' && event.data.number === number
      ? begun(event.data)
      : undefined;
  if (standing.kind === 'over') return standing;
  switch (event.type) {
    case 'DeploymentRequested':
      // Another deployment was requested. The serving one stops at once if both would use the same volumes.
      return event.data.plan.stopFirst ? DEPLOYMENT_OVER : standing;
    case 'DeploymentAdvanced':
      return advanced(standing, event.data.number === number, event.data.healthy);
    case 'DeploymentSettled':
      return settled(standing, event.data.number === number, event.data.outcome);
    case 'ServiceImagePinned':
      return event.data.number === number
        ? { ...standing, image: { image_digest: event.data.imageDigest } }
        : standing;
    case 'ServiceRestarted':
      return event.data.number === number ? restarted(standing, event.data) : standing;
    case 'ServiceFailed':
      return event.data.number === number ? DEPLOYMENT_OVER : standing;
    case 'ServiceStopRequested':
    case 'ServiceDeleted':
      return DEPLOYMENT_OVER;
    default:
      return standing;
  }
}

/** Starts as many instances as may be replaced at once. */
function begun({ plan, image }: ServiceEventOf<'DeploymentRequested'>['data']): ActiveDeploymentState {
  return {
    kind: 'rollout',
    restarts: 0,
    instances: Math.min(plan.count, plan.maxParallel),
    plan,
    ...(image !== undefined && { image }),
  };
}

function restarted(
  standing: ActiveDeploymentState,
  { restarts, pull }: ServiceEventOf<'ServiceRestarted'>['data'],
): ActiveDeploymentState {
  return { ...standing, restarts, ...(pull === true && { image: { pull_image: pull } }) };
}

function advanced(standing: ActiveDeploymentState, own: boolean, healthy: number): DeploymentState {
  const { count, maxParallel } = standing.plan;
  const instances = own ? Math.min(count, healthy + maxParallel) : Math.max(0, count - healthy);
  return resized(standing, instances);
}

/** The serving deployment shrinks during a takeover, and grows back if that fails. */
function resized(standing: ActiveDeploymentState, instances: number): ActiveDeploymentState {
  if (instances === standing.instances) return standing;
  const regrows = standing.kind === 'serving' && instances > standing.instances;
  return { ...standing, instances, ...(regrows && { regrown: (standing.regrown ?? 0) + 1 }) };
}

function settled(
  standing: ActiveDeploymentState,
  own: boolean,
  outcome: 'completed' | 'failed' | 'cancelled',
): DeploymentState {
  const { count } = standing.plan;
  if (own)
    return outcome === 'completed' ? { ...standing, kind: 'serving', instances: count } : DEPLOYMENT_OVER;
  if (outcome === 'completed') return DEPLOYMENT_OVER;
  return resized(standing, count);
}

/** Names the job's content. No two contents share a name, so that no evaluation id repeats. */
export function workVersionOf(standing: ActiveDeploymentState): string {
  const { regrown } = standing;
  return regrown === undefined ? workContentOf(standing) : `${workContentOf(standing)}~${regrown}`;
}

/**
 * The name without the number of regrowths, as in earlier releases. Jobs with such names are still in the log, and
 * older servers still use them.
 */
export function workContentOf({ restarts, instances, image }: ActiveDeploymentState): string {
  const digest = image?.image_digest;
  return `${restarts}.${instances}${digest === undefined ? '' : `.${digest}`}`;
}
