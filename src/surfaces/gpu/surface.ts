import type { FastifyReply, FastifyRequest } from 'fastify';
import { claimErrors } from '#domain/claim/index.js';
import { MusterError } from '#domain/errors/index.js';
import { actorOf, mayTouch, type UserPrincipal } from '#src/accounts/index.js';
import type { CommandContext } from '#src/engine/commands/index.js';
import type { GpuClaims } from './gpu-claims.js';
import { read, commandContext, type ApiDependencies, type ApiLimits, type Followers, markStale, type Positions } from '#src/surfaces/kit/index.js';
import { gpuClaims, type GpuClaimDocument } from '#projections/gpu-claims.js';
import type { UserDocument } from '#projections/users.js';

export const GPU_SURFACE = 'gpu';

/** What every route of the gpu surface has to hand. */
export class GpuSurface {
  constructor(
    readonly parts: ApiDependencies,
    readonly limits: ApiLimits,
    readonly positions: Positions,
    readonly followers: Followers,
    readonly claims: GpuClaims,
    /** Names of all surfaces: what an API key can be for. */
    readonly scopes: readonly string[],
  ) {}

  context(request: FastifyRequest): CommandContext {
    const { ids, identity } = this.parts;
    return commandContext(request, GPU_SURFACE, actorOf(request.principal), ids, identity.root);
  }

  /** Who calls, behind a policy that lets in accounts only. */
  account(request: FastifyRequest): UserPrincipal {
    const { principal } = request;
    if (principal.kind !== 'user') throw new Error('a route for accounts was reached by somebody else');
    return principal;
  }

  /** Names the position of what a command did, and waits for reads where others read the models too. */
  async written(reply: FastifyReply, position: bigint | undefined): Promise<void> {
    await this.positions.written(reply, position);
  }

  /** The account that a path names; one that the caller may not touch looks absent. */
  async user(request: FastifyRequest, userId: string): Promise<UserDocument> {
    const document = await this.parts.identity.users.document(userId);
    if (document === undefined || !mayTouch(request.principal, document)) throw new MusterError('MUSTER_E_USER_NOT_FOUND');
    return document;
  }

  /** The claim that a path names; one that the caller may not touch looks absent. */
  async claim(request: FastifyRequest, reply: FastifyReply, claimId: string): Promise<GpuClaimDocument> {
    const stored = await this.parts.readModels.get(gpuClaims.name, claimId);
    const document = stored && read<GpuClaimDocument>(stored);
    if (document === undefined || !mayTouch(request.principal, document)) throw new MusterError(claimErrors.MUSTER_E_GPU_CLAIM_NOT_FOUND);
    if (stored?.parked === true) markStale(reply);
    return document;
  }
}
