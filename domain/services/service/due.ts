import {
  DUE_IMMEDIATELY,
  isSurplus,
  jobProgressOf,
  stepOf,
  type Retention,
  type DesiredJob,
} from '../../work/index.js';
import { deploymentJobOf } from './identifier.js';
import { decideDeployment, nextDecisionAt, type DeploymentProgress } from './deployment-decision.js';
import { workContentOf, workVersionOf, type DeploymentState } from './deployment-state.js';

export interface DueDeployment extends DeploymentProgress {
  readonly retention: Retention;
}

/** A deployment's job runs until the deployment is over. Jobs of the newest finished deployments are retained for inspection. */
export function desiredJobOf(standing: DeploymentState, retention: Retention): DesiredJob {
  if (standing.kind !== 'over')
    return { kind: 'run', version: workVersionOf(standing), alias: workContentOf(standing) };
  return { kind: isSurplus(retention) ? 'gone' : 'over' };
}

/**
 * Returns when the next step is due, in milliseconds since the epoch, or undefined if none is. `decideDeployment` is called with the earliest
 * possible time, because `nextDecisionAt` covers the decisions that depend on the clock.
 */
export function deploymentDueAt(deployment: DueDeployment): number | undefined {
  const { serviceId, number, standing, retention, work } = deployment;
  if (
    stepOf(deploymentJobOf(serviceId, number), desiredJobOf(standing, retention), jobProgressOf(work)) !==
    undefined
  )
    return DUE_IMMEDIATELY;
  return decideDeployment(deployment, Number.NEGATIVE_INFINITY) === undefined
    ? nextDecisionAt(deployment)
    : DUE_IMMEDIATELY;
}
