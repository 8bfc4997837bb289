import { DUE_IMMEDIATELY, isSurplus, jobProgressOf, stepOf, type Retention, type DesiredJob } from '../owned-work/index.js';
import { deploymentJobOf } from './identifier.js';
import { decideDeployment, nextDecisionAt, type DeploymentProgress } from './deployment-decision.js';
import { workContentOf, workVersionOf, type DeploymentState } from './deployment-state.js';

/** A deployment, as far as what has yet to follow is seen by it. */
export interface DueDeployment extends DeploymentProgress {
  readonly retention: Retention;
}

/** What the service wants of the deployment's job. Of those that are over, the newest keep theirs to be looked at. */
export function desiredJobOf(standing: DeploymentState, retention: Retention): DesiredJob {
  if (standing.kind !== 'over') return { kind: 'run', version: workVersionOf(standing), alias: workContentOf(standing) };
  return { kind: isSurplus(retention) ? 'gone' : 'over' };
}

/**
 * From when on something has yet to follow, in milliseconds since the epoch; undefined: nothing has. `judge` is asked of the beginning of
 * time: what is due by the clock has a moment of its own.
 */
export function deploymentDueAt(deployment: DueDeployment): number | undefined {
  const { serviceId, number, standing, retention, work } = deployment;
  if (stepOf(deploymentJobOf(serviceId, number), desiredJobOf(standing, retention), jobProgressOf(work)) !== undefined) return DUE_IMMEDIATELY;
  return decideDeployment(deployment, Number.NEGATIVE_INFINITY) === undefined ? nextDecisionAt(deployment) : DUE_IMMEDIATELY;
}
