import { DUE_IMMEDIATELY } from '../../work/index.js';
import { decideDeployment, nextDecisionAt, type DeploymentWork } from './decision.js';

/**
 * When the next decision is due, in milliseconds since the epoch; undefined: none. `decideDeployment` is called with
 * the earliest time, because decisions that depend on the clock have due times of their own.
 */
export function jobDeploymentDueAt(deployment: DeploymentWork): number | undefined {
  return decideDeployment(deployment, Number.NEGATIVE_INFINITY) === undefined
    ? nextDecisionAt(deployment)
    : DUE_IMMEDIATELY;
}
