import { isSurplus, jobProgressOf, stepOf, type Retention, type DesiredJob, type WorkStep, type WorkView } from '../owned-work/index.js';
import { jobIdOf } from './identifier.js';
import type { ClaimFacts } from './status.js';

/** A claim, as far as what has yet to follow is seen by it. */
export interface DueClaim {
  readonly claimId: string;
  readonly standing: ClaimFacts['standing'];
  /** Its account is no more. */
  readonly ownerErased: boolean;
  readonly retention: Retention;
  readonly work: WorkView;
}

/** What the account's stream has yet to say of a claim that is held: it is released with its account, or ended with its job. */
export function dueSettlement({ ownerErased, work }: Pick<DueClaim, 'ownerErased' | 'work'>): 'release' | 'succeeded' | 'failed' | undefined {
  if (ownerErased) return 'release';
  if (work.job === 'stopped') return 'failed';
  if (work.finished === null) return undefined;
  return work.finished === 'complete' ? 'succeeded' : 'failed';
}

/** A claim that is held has a job. Of those that are over, an account's newest keep theirs to be looked at. */
export function desiredJobOf(held: boolean, retention: Retention): DesiredJob {
  if (held) return { kind: 'run' };
  return { kind: isSurplus(retention) ? 'gone' : 'over' };
}

/** What has yet to follow; undefined: nothing. */
export function dueOf(claim: DueClaim): 'settle' | WorkStep | undefined {
  const held = claim.standing === 'held';
  if (held && dueSettlement(claim) !== undefined) return 'settle';
  return stepOf(jobIdOf(claim.claimId), desiredJobOf(held, claim.retention), jobProgressOf(claim.work));
}
