import { z } from 'zod';
import { OWNED_PREFIXES } from '../identifier.js';

const CLAIM = /^claim-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const [PREFIX] = OWNED_PREFIXES;

/** `claim-<uuid>` */
export const claimId = z.string().regex(CLAIM, 'must be claim-<uuid>');

/** The id of a new claim. */
export function claimIdOf(uuid: string): string {
  return `claim-${uuid}`;
}

/** The job that a claim owns: one, under an id that no other can have. */
export function jobIdOf(claim: string): string {
  return `${PREFIX}${claim}`;
}

/** The claim that owns a job; undefined where none does. */
export function claimOf(jobId: string): string | undefined {
  if (!jobId.startsWith(PREFIX)) return undefined;
  const claim = jobId.slice(PREFIX.length);
  return CLAIM.test(claim) ? claim : undefined;
}
