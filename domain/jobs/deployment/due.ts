import { DUE_IMMEDIATELY } from '../../work/index.js';
import { decideDeployment, nextDecisionAt, type DeploymentWork } from './decision.js';

/**
 * Returns when the next decision is due, in milliseconds since the epoch, or undefined if none is. `decideDeployment` is called with the earliest
 * possible time, because `nextDecisionAt` covers the decisions that depend on the clock.
 */
export function jobDeploymentDueAt(deployment: DeploymentWork): number | undefined {
  return decideDeployment(deployment, Number.NEGATIVE_INFINITY) === undefined
    ? nextDecisionAt(deployment)
    : DUE_IMMEDIATELY;
}
