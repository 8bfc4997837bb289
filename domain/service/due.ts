import { AT_ONCE, isSurplus, standingOf, stepOf, type Retention, type Want } from '../owned-work/index.js';
import { deploymentJobOf } from './identifier.js';
import { judge, judgedAgainAt, type JudgedDeployment } from './judgement.js';
import { workContentOf, workVersionOf, type Standing } from './standing.js';

/** A deployment, as far as what has yet to follow is seen by it. */
export interface DueDeployment extends JudgedDeployment {
  readonly retention: Retention;
}

/** What the service wants of the deployment's job. Of those that are over, the newest keep theirs to be looked at. */
export function wantOf(standing: Standing, retention: Retention): Want {
  if (standing.kind !== 'over') return { kind: 'run', version: workVersionOf(standing), alias: workContentOf(standing) };
  return { kind: isSurplus(retention) ? 'gone' : 'over' };
}

/**
 * From when on something has yet to follow, in milliseconds since the epoch; undefined: nothing has. `judge` is asked of the beginning of
 * time: what is due by the clock has a moment of its own.
 */
export function deploymentDueAt(deployment: DueDeployment): number | undefined {
  const { serviceId, number, standing, retention, work } = deployment;
  if (stepOf(deploymentJobOf(serviceId, number), wantOf(standing, retention), standingOf(work)) !== undefined) return AT_ONCE;
  return judge(deployment, Number.NEGATIVE_INFINITY) === undefined ? judgedAgainAt(deployment) : AT_ONCE;
}
