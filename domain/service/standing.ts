import type { ServiceEvent, RolloutPlan } from './events.js';

/**
 * What a service wants of one of its deployments: to begin and take over, to serve, or to be over. It is folded from the service's events alone,
 * by the service's own state and by the read model of its work alike.
 */
export type Standing =
  { readonly kind: 'rollout' | 'serving'; readonly restarts: number; readonly instances: number; readonly plan: RolloutPlan } | { readonly kind: 'over' };

/** The events by which a deployment's standing changes: what folds it has to be shown these. */
export const STANDING_EVENTS = [
  'DeploymentRequested',
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
  if (standing === undefined) return event.type === 'DeploymentRequested' && event.data.number === number ? begun(event.data.plan) : undefined;
  if (standing.kind === 'over') return standing;
  switch (event.type) {
    case 'DeploymentRequested':
      // Another one: what serves gives way at once where both would hold the same volumes.
      return event.data.plan.stopFirst ? OVER : standing;
    case 'DeploymentAdvanced':
      return advanced(standing, event.data.number === number, event.data.healthy);
    case 'DeploymentSettled':
      return settled(standing, event.data.number === number, event.data.outcome);
    case 'ServiceRestarted':
      return event.data.number === number ? { ...standing, restarts: event.data.restarts } : standing;
    case 'ServiceFailed':
      return event.data.number === number ? OVER : standing;
    case 'ServiceStopRequested':
    case 'ServiceDeleted':
      return OVER;
    default:
      return standing;
  }
}

type Living = Exclude<Standing, { kind: 'over' }>;

/** As many as may be replaced at once begin. */
function begun(plan: RolloutPlan): Living {
  return { kind: 'rollout', restarts: 0, instances: Math.min(plan.count, plan.maxParallel), plan };
}

function advanced(standing: Living, own: boolean, healthy: number): Standing {
  const { count, maxParallel } = standing.plan;
  const instances = own ? Math.min(count, healthy + maxParallel) : Math.max(0, count - healthy);
  return instances === standing.instances ? standing : { ...standing, instances };
}

function settled(standing: Living, own: boolean, outcome: 'completed' | 'failed' | 'cancelled'): Standing {
  const { count } = standing.plan;
  if (own) return outcome === 'completed' ? { ...standing, kind: 'serving', instances: count } : OVER;
  if (outcome === 'completed') return OVER;
  return standing.instances === count ? standing : { ...standing, instances: count };
}

/** Names what its job is to be: another name, another job. */
export function workVersionOf({ restarts, instances }: Living): string {
  return `${restarts}.${instances}`;
}
