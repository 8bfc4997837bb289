import type { FastifyReply, FastifyRequest } from 'fastify';
import { claimErrors } from '#domain/gpu/claim/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import { gpuClaims, type GpuClaimDocument } from '#projections/gpu/gpu-claims.js';
import type { UserDocument } from '#projections/accounts/users.js';
import { mayTouch, type Identity, type Quotas } from '#src/accounts/index.js';
import { markStale, read, SurfaceCalls, type CallParts, type SurfaceHost } from '#src/http/index.js';
import type { Enrolments, NodeAccess } from '#src/fleet/node-access/index.js';
import type { GpuClaims } from './gpu-claims.js';
import { newestClaim, type FoundClaim } from './newest-claim.js';

export const GPU_SURFACE = 'gpu';

/** What this surface uses of the server. */
export interface GpuParts extends CallParts {
  readonly identity: Identity;
  readonly quotas: Quotas;
  readonly nodes: Pick<NodeAccess, 'revoke'>;
  readonly enrolments: Enrolments;
  /** What the node reported last, and when, in milliseconds since the epoch. */
  readonly nodeCommands: {
    telemetry(
      nodeId: string,
    ): { readonly lastHeartbeat: number; readonly resources: Readonly<Record<string, number>> } | undefined;
  };
  readonly agentChannel: Pick<AgentChannel, 'logs' | 'metrics'>;
  readonly eventStore: Pick<EventStore, 'readStream'>;
  readonly clock: Pick<Clock, 'now'>;
}

export class GpuSurface extends SurfaceCalls<GpuParts> {
  readonly scopes: readonly string[];
  readonly adminScopes: readonly string[];

  constructor(
    host: SurfaceHost<GpuParts>,
    readonly claims: GpuClaims,
  ) {
    super(GPU_SURFACE, host);
    this.scopes = host.scopes;
    this.adminScopes = host.adminScopes;
  }

  async user(request: FastifyRequest, userId: string): Promise<UserDocument> {
    const document = await this.parts.identity.users.document(userId);
    if (document === undefined || !mayTouch(request.principal, document))
      throw new MusterError('MUSTER_E_USER_NOT_FOUND');
    return document;
  }

  async claim(request: FastifyRequest, reply: FastifyReply, claimId: string): Promise<GpuClaimDocument> {
    const stored = await this.parts.readModels.get(gpuClaims.name, claimId);
    return this.#seen(
      request,
      reply,
      stored && { claim: read<GpuClaimDocument>(stored), parked: stored.parked },
    );
  }

  async claimToRelease(
    request: FastifyRequest,
    reply: FastifyReply,
    claimId: string,
  ): Promise<GpuClaimDocument> {
    return this.#seen(request, reply, await newestClaim(this.parts, this.account(request).userId, claimId));
  }

  #seen(request: FastifyRequest, reply: FastifyReply, found: FoundClaim | undefined): GpuClaimDocument {
    if (found === undefined || !mayTouch(request.principal, found.claim))
      throw new MusterError(claimErrors.MUSTER_E_GPU_CLAIM_NOT_FOUND);
    // Mark only after the access check, because the mark reveals that the object exists.
    if (found.parked) markStale(reply);
    return found.claim;
  }
}
