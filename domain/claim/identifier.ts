import { z } from 'zod';

const CLAIM = /^claim-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What the ids of claims' jobs begin with. */
export const CLAIM_JOBS = 'gpu.';

/** `claim-<uuid>` */
export const claimId = z.string().regex(CLAIM, 'must be claim-<uuid>');

/** The id of a new claim. */
export function claimIdOf(uuid: string): string {
  return `claim-${uuid}`;
}

/** The job that a claim owns: one, under an id that no other can have. */
export function jobIdOf(claim: string): string {
  return `${CLAIM_JOBS}${claim}`;
}

/** The claim that owns a job; undefined where none does. */
export function claimOf(jobId: string): string | undefined {
  if (!jobId.startsWith(CLAIM_JOBS)) return undefined;
  const claim = jobId.slice(CLAIM_JOBS.length);
  return CLAIM.test(claim) ? claim : undefined;
}
