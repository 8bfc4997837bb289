import type { ChosenImage } from '../job/chosen-image.js';
import type { ServiceEvent, ServiceEventOf, RolloutPlan } from './events.js';

/**
 * What a service wants of one of its deployments: to begin and take over, to serve, or to be over. It is folded from the service's events alone,
 * by the service's own state and by the read model of its work alike.
 */
export type DeploymentState = ActiveDeploymentState | { readonly kind: 'over' };

/** Of a deployment that is to run. */
export interface ActiveDeploymentState {
  readonly kind: 'rollout' | 'serving';
  readonly restarts: number;
  readonly instances: number;
  /** How many times its number of instances grew again after it had shrunk. Each time its job gets a new evaluation. Absent: never. */
  readonly regrown?: number;
  readonly plan: RolloutPlan;
  /** Which image its instances are begun from. Absent: what its reference names where they are. */
  readonly image?: ChosenImage;
}

/** The events by which a deployment's standing changes: what folds it has to be shown these. */
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

/** How the deployment of this number stands after an event of its service; undefined before it was asked for. The same object: nothing changed. */
export function evolveDeploymentState(standing: DeploymentState | undefined, number: number, event: ServiceEvent): DeploymentState | undefined {
  if (standing === undefined) return event.type === 'DeploymentRequested' && event.data.number === number ? begun(event.data) : undefined;
  if (standing.kind === 'over') return standing;
  switch (event.type) {
    case 'DeploymentRequested':
      // Another one: what serves gives way at once where both would hold the same volumes.
      return event.data.plan.stopFirst ? DEPLOYMENT_OVER : standing;
    case 'DeploymentAdvanced':
      return advanced(standing, event.data.number === number, event.data.healthy);
    case 'DeploymentSettled':
      return settled(standing, event.data.number === number, event.data.outcome);
    case 'ServiceImagePinned':
      return event.data.number === number ? { ...standing, image: { image_digest: event.data.imageDigest } } : standing;
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

/** As many as may be replaced at once begin. */
function begun({ plan, image }: ServiceEventOf<'DeploymentRequested'>['data']): ActiveDeploymentState {
  return { kind: 'rollout', restarts: 0, instances: Math.min(plan.count, plan.maxParallel), plan, ...(image !== undefined && { image }) };
}

function restarted(standing: ActiveDeploymentState, { restarts, pull }: ServiceEventOf<'ServiceRestarted'>['data']): ActiveDeploymentState {
  return { ...standing, restarts, ...(pull === true && { image: { pull_image: pull } }) };
}

function advanced(standing: ActiveDeploymentState, own: boolean, healthy: number): DeploymentState {
  const { count, maxParallel } = standing.plan;
  const instances = own ? Math.min(count, healthy + maxParallel) : Math.max(0, count - healthy);
  return resized(standing, instances);
}

/** What serves shrinks while another takes over, and grows where the other fails. */
function resized(standing: ActiveDeploymentState, instances: number): ActiveDeploymentState {
  if (instances === standing.instances) return standing;
  const regrows = standing.kind === 'serving' && instances > standing.instances;
  return { ...standing, instances, ...(regrows && { regrown: (standing.regrown ?? 0) + 1 }) };
}

function settled(standing: ActiveDeploymentState, own: boolean, outcome: 'completed' | 'failed' | 'cancelled'): DeploymentState {
  const { count } = standing.plan;
  if (own) return outcome === 'completed' ? { ...standing, kind: 'serving', instances: count } : DEPLOYMENT_OVER;
  if (outcome === 'completed') return DEPLOYMENT_OVER;
  return resized(standing, count);
}

/** Names what its job is to be. No two moments at which the job is to change share a name, so that no evaluation has the id of an earlier one. */
export function workVersionOf(standing: ActiveDeploymentState): string {
  const { regrown } = standing;
  return regrown === undefined ? workContentOf(standing) : `${workContentOf(standing)}~${regrown}`;
}

/**
 * The name without its count of regrowths, which earlier releases gave to such a job. Jobs in the log that have it are what they are to be, and
 * servers of those releases still give it.
 */
export function workContentOf({ restarts, instances, image }: ActiveDeploymentState): string {
  const digest = image?.image_digest;
  return `${restarts}.${instances}${digest === undefined ? '' : `.${digest}`}`;
}
