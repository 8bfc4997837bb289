import type { z } from 'zod';
import { placementOf, type GpuClaim } from '#domain/gpu/claim/index.js';
import { statusOf, type GpuClaimDocument } from '#projections/gpu/gpu-claims.js';
import type { Claimed } from './gpu-claims.js';
import type { claimEventView, claimView } from './claim-contract.js';
import { decisionMessage } from './claim-messages.js';
import type { GpuClaimDecisionDocument } from '#projections/gpu/gpu-claim-decisions.js';
import type { Endpoint } from '#src/surfaces/endpoints.js';

type View = z.input<typeof claimView>;
type Spec = View['spec'];
type Specified = Pick<GpuClaim, 'image' | 'gpuCount'> & {
  readonly command?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly shm_size?: number | undefined;
} & {
  readonly ports?: readonly number[] | undefined;
};

export function viewClaimed({ data, metadata }: Claimed, env: Spec['env']): View {
  const status = {
    phase: 'Pending' as const,
    nodeName: '',
    containerID: '',
    reason: '' as const,
    ...reached(data, []),
  };
  return viewOf(data, specOf(data, env), status, metadata.at, metadata.at);
}

/** `nodeName`: name of the current node. `endpoints`: addresses of the ports. `env` must be opened. */
export function viewClaim(
  claim: GpuClaimDocument,
  nodeName: string,
  endpoints: readonly Endpoint[],
  env: Spec['env'],
): View {
  const { phase, reason } = statusOf(claim);
  const status = {
    phase,
    nodeName,
    containerID: placementOf(claim)?.containerId ?? '',
    reason,
    ...reached(claim, endpoints),
  };
  return viewOf(claim, specOf(claim, env), status, claim.createdAt, claim.updatedAt);
}

function reached(
  { ports }: Pick<Specified, 'ports'>,
  endpoints: readonly Endpoint[],
): Pick<View['status'], 'endpoints'> {
  return ports === undefined ? {} : { endpoints: [...endpoints] };
}

function specOf({ image, command, args, ports, gpuCount, shm_size }: Specified, env: Spec['env']): Spec {
  return {
    image,
    resources: { gpuCount },
    ...(command !== undefined && { command }),
    ...(args !== undefined && { args: [...args] }),
    ...(shm_size !== undefined && { shm_size }),
    ...(ports !== undefined && { ports: [...ports] }),
    ...(env !== undefined && { env }),
  };
}

function viewOf(
  { claimId, userNumber }: Pick<GpuClaimDocument, 'claimId' | 'userNumber'>,
  spec: Spec,
  status: View['status'],
  createdAt: number,
  updatedAt: number,
): View {
  const [created_at, updated_at] = [new Date(createdAt).toISOString(), new Date(updatedAt).toISOString()];
  return { id: claimId, user_id: userNumber, spec, status, created_at, updated_at };
}

export function viewDecision(
  { eventId, at, decision }: GpuClaimDecisionDocument,
  nameOf: (nodeId: string) => string,
): z.input<typeof claimEventView> {
  return {
    id: eventId,
    time: new Date(at).toISOString(),
    kind: decision.kind,
    message: decisionMessage(decision, nameOf),
  };
}
