import type { ChosenImage } from '../../jobs/job/chosen-image.js';
import type { ServiceEvent, ServiceEventOf, RolloutPlan } from './events.js';

/** The desired state of a deployment, folded from the service's events alone. */
export type DeploymentState = ActiveDeploymentState | { readonly kind: 'over' };

export interface ActiveDeploymentState {
  readonly kind: 'rollout' | 'serving';
  readonly restarts: number;
  readonly instances: number;
  /** How many times a serving deployment has grown again. Each time requires a new evaluation. Absent if it never has. */
  readonly regrown?: number;
  readonly plan: RolloutPlan;
  readonly image?: ChosenImage;
  /** The node that pulls the image while the previous deployment still serves. Absent once the image is there. */
  readonly pullOn?: string;
}

export const DEPLOYMENT_STATE_EVENTS = [
  'DeploymentRequested',
  'ServiceImagePinned',
  'DeploymentPrepared',
  'DeploymentAdvanced',
  'DeploymentSettled',
  'ServiceRestarted',
  'ServiceStopRequested',
  'ServiceFailed',
  'ServiceDeleted',
] as const satisfies readonly ServiceEvent['type'][];

export const DEPLOYMENT_OVER: DeploymentState = { kind: 'over' };

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
      // Another deployment was requested. If both would use the same volumes, the serving one stops as soon as the image of the other is there.
      return event.data.plan.stopFirst && event.data.pullOn === undefined ? DEPLOYMENT_OVER : standing;
    case 'DeploymentPrepared':
      return event.data.number === number ? prepared(standing) : DEPLOYMENT_OVER;
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

function begun({
  plan,
  image,
  pullOn,
}: ServiceEventOf<'DeploymentRequested'>['data']): ActiveDeploymentState {
  return {
    kind: 'rollout',
    restarts: 0,
    instances: Math.min(plan.count, plan.maxParallel),
    plan,
    ...(image !== undefined && { image }),
    ...(pullOn !== undefined && { pullOn }),
  };
}

function prepared({ pullOn: _node, ...standing }: ActiveDeploymentState): ActiveDeploymentState {
  return standing;
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

/** Returns a unique name for the job's content, so that evaluation ids never repeat. */
export function workVersionOf(standing: ActiveDeploymentState): string {
  const { regrown } = standing;
  return regrown === undefined ? workContentOf(standing) : `${workContentOf(standing)}~${regrown}`;
}

/** Returns the name of the same content without `regrown`: the job may still have it from before the deployment was resized. */
export function workContentOf({ restarts, instances, image, pullOn }: ActiveDeploymentState): string {
  const digest = image?.image_digest;
  return `${pullOn === undefined ? '' : 'pull.'}${restarts}.${instances}${digest === undefined ? '' : `.${digest}`}`;
}
