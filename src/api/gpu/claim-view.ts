import type { z } from 'zod';
import type { GpuClaimDecisionDocument, GpuClaimDocument } from '#projections/documents.js';
import { statusOf } from '#projections/gpu-claims.js';
import type { Claimed } from '#src/claims/gpu-claims.js';
import type { claimEventView, claimView } from './claim-schemas.js';
import { inWords } from './claim-words.js';

type View = z.input<typeof claimView>;

/** A claim as it is answered to whoever has just made it. */
export function viewClaimed({ data, metadata }: Claimed): View {
  const { claimId, userNumber, image, gpuCount } = data;
  const at = new Date(metadata.at).toISOString();
  return { id: claimId, user_id: userNumber, spec: { image, resources: { gpuCount } }, status: { phase: 'Pending', nodeName: '', containerID: '', reason: '' }, created_at: at, updated_at: at };
}

/** `nodeName`: of the node of its placement. */
export function viewClaim(claim: GpuClaimDocument, nodeName: string): View {
  const { claimId, userNumber, image, gpuCount, placement, createdAt, updatedAt } = claim;
  const { phase, reason } = statusOf(claim);
  return {
    id: claimId,
    user_id: userNumber,
    spec: { image, resources: { gpuCount } },
    status: { phase, nodeName, containerID: placement?.containerId ?? '', reason },
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
  };
}

export function viewDecision({ eventId, at, decision }: GpuClaimDecisionDocument, nameOf: (nodeId: string) => string): z.input<typeof claimEventView> {
  return { id: eventId, time: new Date(at).toISOString(), kind: decision.kind, message: inWords(decision, nameOf) };
}
