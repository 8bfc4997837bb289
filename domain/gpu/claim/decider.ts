import { assertNever, MusterError } from '../../kernel/errors/index.js';
import type { Decider, Recorded } from '../../kernel/event/index.js';
import type { Role } from '../../accounts/user/role.js';
import { claimErrors } from './errors.js';
import type { ClaimEvent, GpuClaim } from './events.js';

export const MAX_CLAIMS = 1000;

export type ClaimCommand =
  /** `quota` is the number of GPUs that the role may hold at the same time, or undefined if unlimited. */
  | {
      readonly kind: 'claim';
      readonly claim: GpuClaim;
      readonly role: Role;
      readonly quota: number | undefined;
    }
  | { readonly kind: 'release'; readonly userId: string; readonly claimId: string }
  | {
      readonly kind: 'end';
      readonly userId: string;
      readonly claimId: string;
      readonly outcome: 'succeeded' | 'failed';
    };

/** Open claims of an account by claim id. Released and ended claims are not included. */
export type ClaimsState = ReadonlyMap<string, GpuClaim>;

/** Repeating a command that already took effect appends nothing. Throws `MUSTER_E_GPU_QUOTA` or `MUSTER_E_FORBIDDEN`. */
export const claimDecider: Decider<ClaimCommand, ClaimEvent, ClaimsState> = {
  initialState: new Map(),
  decide,
  evolve,
};

function decide(command: ClaimCommand, held: ClaimsState): readonly ClaimEvent[] {
  switch (command.kind) {
    case 'claim':
      checkQuota(command, held);
      return [{ type: 'GpuClaimed', data: command.claim }];
    case 'release': {
      const { claimId, userId } = command;
      return held.has(claimId) ? [{ type: 'GpuReleased', data: { claimId, userId } }] : [];
    }
    case 'end': {
      const { claimId, userId, outcome } = command;
      return held.has(claimId) ? [{ type: 'GpuClaimEnded', data: { claimId, userId, outcome } }] : [];
    }
    default:
      return assertNever(command);
  }
}

function checkQuota(
  { claim, role, quota }: Extract<ClaimCommand, { kind: 'claim' }>,
  held: ClaimsState,
): void {
  if (held.size >= MAX_CLAIMS)
    throw new MusterError('MUSTER_E_FORBIDDEN', { problem: `at most ${MAX_CLAIMS} claims at the same time` });
  const taken = gpusOf(held);
  if (quota !== undefined && taken + claim.gpuCount > quota)
    throw new MusterError(claimErrors.MUSTER_E_GPU_QUOTA, { wanted: claim.gpuCount, taken, role, quota });
}

export function gpusOf(held: ClaimsState): number {
  let gpus = 0;
  for (const claim of held.values()) gpus += claim.gpuCount;
  return gpus;
}

function evolve(held: ClaimsState, event: Recorded<ClaimEvent>): ClaimsState {
  const next = new Map(held);
  switch (event.type) {
    case 'GpuClaimed':
      return next.set(event.data.claimId, event.data);
    case 'GpuReleased':
    case 'GpuClaimEnded':
      next.delete(event.data.claimId);
      return next;
    default:
      return assertNever(event);
  }
}
