import type { z } from 'zod';
import { placementOf } from '#domain/claim/index.js';
import type { GpuClaimDecisionDocument, GpuClaimDocument } from '#projections/documents.js';
import { statusOf } from '#projections/gpu-claims.js';
import type { Claimed } from './gpu-claims.js';
import type { claimEventView, claimView } from './claim-contract.js';
import { inWords } from './claim-words.js';

type View = z.input<typeof claimView>;

/** A claim as it is answered to whoever has just made it. */
export function viewClaimed({ data, metadata }: Claimed): View {
  return viewOf(data, { phase: 'Pending', nodeName: '', containerID: '', reason: '' }, metadata.at, metadata.at);
}

/** `nodeName`: of the node of its placement. */
export function viewClaim(claim: GpuClaimDocument, nodeName: string): View {
  const { phase, reason } = statusOf(claim);
  return viewOf(claim, { phase, nodeName, containerID: placementOf(claim)?.containerId ?? '', reason }, claim.createdAt, claim.updatedAt);
}

function viewOf({ claimId, userNumber, image, gpuCount }: Pick<GpuClaimDocument, 'claimId' | 'userNumber' | 'image' | 'gpuCount'>, status: View['status'], createdAt: number, updatedAt: number): View {
  const [created_at, updated_at] = [new Date(createdAt).toISOString(), new Date(updatedAt).toISOString()];
  return { id: claimId, user_id: userNumber, spec: { image, resources: { gpuCount } }, status, created_at, updated_at };
}

export function viewDecision({ eventId, at, decision }: GpuClaimDecisionDocument, nameOf: (nodeId: string) => string): z.input<typeof claimEventView> {
  return { id: eventId, time: new Date(at).toISOString(), kind: decision.kind, message: inWords(decision, nameOf) };
}
