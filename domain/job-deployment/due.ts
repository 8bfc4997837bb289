import { DUE_IMMEDIATELY } from '../owned-work/index.js';
import { decideDeployment, nextDecisionAt, type DeploymentWork } from './decision.js';

/**
 * From when on something has yet to be said of the deployment, in milliseconds since the epoch; undefined: nothing has. `judge` is asked of
 * the beginning of time: what is due by the clock has a moment of its own.
 */
export function jobDeploymentDueAt(deployment: DeploymentWork): number | undefined {
  return decideDeployment(deployment, Number.NEGATIVE_INFINITY) === undefined ? nextDecisionAt(deployment) : DUE_IMMEDIATELY;
}
