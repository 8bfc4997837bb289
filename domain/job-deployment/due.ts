import { AT_ONCE } from '../owned-work/index.js';
import { judge, judgedAgainAt, type DeploymentWork } from './judgement.js';

/**
 * From when on something has yet to be said of the deployment, in milliseconds since the epoch; undefined: nothing has. `judge` is asked of
 * the beginning of time: what is due by the clock has a moment of its own.
 */
export function jobDeploymentDueAt(deployment: DeploymentWork): number | undefined {
  return judge(deployment, Number.NEGATIVE_INFINITY) === undefined ? judgedAgainAt(deployment) : AT_ONCE;
}
