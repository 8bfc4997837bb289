import type { ChosenImage } from '../job/chosen-image.js';
import type { ServiceEvent, ServiceEventOf, RolloutPlan } from './events.js';

/**
 * What a service wants of one of its deployments: to begin and take over, to serve, or to be over. It is folded from the service's events alone,
 * by the service's own state and by the read model of its work alike.
 */
export type Standing = LivingStanding | { readonly kind: 'over' };

/** Of a deployment that is to run. */
export interface LivingStanding {
  readonly kind: 'rollout' | 'serving';
  readonly restarts: number;
  readonly instances: number;
  readonly plan: RolloutPlan;
  /** Which image its instances are begun from. Absent: what its reference names where they are. */
  readonly image?: ChosenImage;
}

/** The events by which a deployment's standing changes: what folds it has to be shown these. */
export const STANDING_EVENTS = [
  'DeploymentRequested',
  'ServiceImagePinned',
  'DeploymentAdvanced',
  'DeploymentSettled',
  'ServiceRestarted',
  'ServiceStopRequested',
  'ServiceFailed',
  'ServiceDeleted',
] as const satisfies readonly ServiceEvent['type'][];

export const OVER: Standing = { kind: 'over' };

/** How the deployment of this number stands after an event of its service; undefined before it was asked for. The same object: nothing changed. */
export function evolveStanding(standing: Standing | undefined, number: number, event: ServiceEvent): Standing | undefined {
  if (standing === undefined) return event.type === 'DeploymentRequested' && event.data.number === number ? begun(event.data) : undefined;
  if (standing.kind === 'over') return standing;
  switch (event.type) {
    case 'DeploymentRequested':
      // Another one: what serves gives way at once where both would hold the same volumes.
      return event.data.plan.stopFirst ? OVER : standing;
    case 'DeploymentAdvanced':
      return advanced(standing, event.data.number === number, event.data.healthy);
    case 'DeploymentSettled':
      return settled(standing, event.data.number === number, event.data.outcome);
    case 'ServiceImagePinned':
      return event.data.number === number ? { ...standing, image: { image_digest: event.data.imageDigest } } : standing;
    case 'ServiceRestarted':
      return event.data.number === number ? restarted(standing, event.data) : standing;
    case 'ServiceFailed':
      return event.data.number === number ? OVER : standing;
    case 'ServiceStopRequested':
    case 'ServiceDeleted':
      return OVER;
    default:
      return standing;
  }
}

/** As many as may be replaced at once begin. */
function begun({ plan, image }: ServiceEventOf<'DeploymentRequested'>['data']): LivingStanding {
  return { kind: 'rollout', restarts: 0, instances: Math.min(plan.count, plan.maxParallel), plan, ...(image !== undefined && { image }) };
}

function restarted(standing: LivingStanding, { restarts, pull }: ServiceEventOf<'ServiceRestarted'>['data']): LivingStanding {
  return { ...standing, restarts, ...(pull === true && { image: { pull_image: pull } }) };
}

function advanced(standing: LivingStanding, own: boolean, healthy: number): Standing {
  const { count, maxParallel } = standing.plan;
  const instances = own ? Math.min(count, healthy + maxParallel) : Math.max(0, count - healthy);
  return instances === standing.instances ? standing : { ...standing, instances };
}

function settled(standing: LivingStanding, own: boolean, outcome: 'completed' | 'failed' | 'cancelled'): Standing {
  const { count } = standing.plan;
  if (own) return outcome === 'completed' ? { ...standing, kind: 'serving', instances: count } : OVER;
  if (outcome === 'completed') return OVER;
  return standing.instances === count ? standing : { ...standing, instances: count };
}

/** Names what its job is to be: another name, another job. */
export function workVersionOf({ restarts, instances, image }: LivingStanding): string {
  const digest = image?.image_digest;
  return `${restarts}.${instances}${digest === undefined ? '' : `.${digest}`}`;
}
