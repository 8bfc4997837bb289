import {
  isSurplus,
  jobProgressOf,
  stepOf,
  type Retention,
  type DesiredJob,
  type WorkStep,
  type WorkView,
} from '../../work/index.js';
import { jobIdOf } from './identifier.js';
import type { ClaimFacts } from './status.js';

export interface DueClaim {
  readonly claimId: string;
  readonly standing: ClaimFacts['standing'];
  readonly ownerEnded: boolean;
  readonly retention: Retention;
  readonly work: WorkView;
}

/**
 * Returns what to append to the account's stream: a held claim is released when its account is erased or deactivated, and settled when
 * its job has ended.
 */
export function dueSettlement({
  ownerEnded,
  work,
}: Pick<DueClaim, 'ownerEnded' | 'work'>): 'release' | 'succeeded' | 'failed' | undefined {
  if (ownerEnded) return 'release';
  if (work.job === 'stopped') return 'failed';
  if (work.finished === null) return undefined;
  return work.finished === 'complete' ? 'succeeded' : 'failed';
}

/** The job of a held claim runs. Jobs of the newest ended claims are retained for inspection. */
export function desiredJobOf(held: boolean, retention: Retention): DesiredJob {
  if (held) return { kind: 'run' };
  return { kind: isSurplus(retention) ? 'gone' : 'over' };
}

export function dueOf(claim: DueClaim): 'settle' | WorkStep | undefined {
  const held = claim.standing === 'held';
  if (held && dueSettlement(claim) !== undefined) return 'settle';
  return stepOf(jobIdOf(claim.claimId), desiredJobOf(held, claim.retention), jobProgressOf(claim.work));
}
