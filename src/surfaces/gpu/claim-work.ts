import {
  type ClaimCommand,
  type ClaimEvent,
  claims,
  type ClaimsState,
  jobIdOf,
  dueSettlement,
  ownerOf,
  specificationOf,
  desiredJobOf,
} from '#domain/gpu/claim/index.js';
import { claimDueAt, gpuClaims, type GpuClaimDocument } from '#projections/gpu/gpu-claims.js';
import { ownedWork } from '#src/fleet/owned-work/index.js';

/**
 * Drives GPU claims. All claims of an account are items of one stream, each with one job. A claim whose job has ended is closed with the same result.
 * Claims of erased and deactivated accounts are released.
 */
export const claimWork = ownedWork<ClaimCommand, ClaimEvent, ClaimsState, GpuClaimDocument>({
  name: 'claims',
  surface: 'gpu',
  projection: gpuClaims,
  aggregate: claims,
  item: ({ claimId, userId }) => ({ stream: userId, workId: claimId, jobId: jobIdOf(claimId) }),
  origin: ({ claimId, userId }) => ({ stream: userId, fields: { claimId } }),
  dueAt: claimDueAt,
  view: ({ work }) => work,
  settle: (held, claim) => {
    const { claimId, userId } = claim;
    const word = held.has(claimId) ? dueSettlement(claim) : undefined;
    if (word === undefined) return undefined;
    return word === 'release'
      ? { kind: 'release', userId, claimId }
      : { kind: 'end', userId, claimId, outcome: word };
  },
  want: (held, { claimId, retention }) => desiredJobOf(held.has(claimId), retention),
  job: (held, { claimId }) => {
    const claim = held.get(claimId);
    return claim && { specification: specificationOf(claim), owner: ownerOf(claim) };
  },
});
