import { z } from 'zod';

const CLAIM = /^claim-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const CLAIM_JOBS = 'gpu.';

export const claimId = z.string().regex(CLAIM, 'must be claim-<uuid>');

export function claimIdOf(uuid: string): string {
  return `claim-${uuid}`;
}

export function jobIdOf(claim: string): string {
  return `${CLAIM_JOBS}${claim}`;
}

export function claimOf(jobId: string): string | undefined {
  if (!jobId.startsWith(CLAIM_JOBS)) return undefined;
  const claim = jobId.slice(CLAIM_JOBS.length);
  return CLAIM.test(claim) ? claim : undefined;
}
