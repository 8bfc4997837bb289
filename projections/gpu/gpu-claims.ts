import {
  claimOf,
  dueOf,
  factsOf,
  phaseOf,
  reasonOf,
  type ClaimProgress,
  type DueClaim,
} from '#domain/gpu/claim/index.js';
import { claimEvents } from '#domain/gpu/claim/events.js';
import { userEvents } from '#domain/accounts/user/events.js';
import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import {
  DUE_IMMEDIATELY,
  dueValue,
  evolveWork,
  isRetained,
  NO_WORK,
  retain,
  RETAINED,
  WORK_EVENTS,
} from '#domain/work/index.js';
import type { StopReason } from '#domain/scheduling/plan-log/events.js';
import { projection } from '#domain/kernel/projection.js';

/**
 * `gpuClaims`, id = claim id. Indexes: `user`, `tenant`, `phase`, `due` (the next step is due), `kept` (the account,
 * while the claim is over and its job is retained).
 */
export interface GpuClaimDocument extends ClaimProgress, DueClaim {
  readonly userId: string;
  readonly userNumber: number;
  readonly tenantId: string;
  readonly image: string;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly shm_size?: number;
  readonly ports?: readonly number[];
  readonly sealedEnv?: string;
  readonly gpuCount: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const EVENTS = {
  ...claimEvents,
  ...only(userEvents, 'UserErased', 'UserDeactivated'),
  ...WORK_EVENTS,
};
type Event = RecordedOf<typeof EVENTS>;
type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>;

export const gpuClaims = projection<GpuClaimDocument, typeof EVENTS>({
  name: 'gpuClaims',
  version: 6,
  events: EVENTS,
  indexes: {
    user: (claim) => claim.userId,
    tenant: (claim) => claim.tenantId,
    phase: (claim) => phaseOf(factsOf(claim)),
    due: (claim) => dueValue(claimDueAt(claim)),
    kept: (claim) => (isRetained(claim.retention, claim.work.job) ? claim.userId : undefined),
  },
  touches: (event) => {
    switch (event.type) {
      case 'UserErased':
      case 'UserDeactivated':
        return [{ where: 'user', equals: event.data.userId }];
      case 'GpuReleased':
      case 'GpuClaimEnded':
        return [event.data.claimId, { where: 'kept', equals: event.data.userId }];
      default: {
        const claim = claimConcerned(event);
        return claim === undefined ? [] : [claim];
      }
    }
  },
  evolve: (claim, event, id) => {
    if (event.type === 'GpuClaimed') return claimed(event);
    if (claim === undefined) return undefined;
    const next = changed(claim, event, id);
    // Events about other claims of the account do not change `updatedAt`.
    return next === claim || !isAbout(id, event) ? next : { ...next, updatedAt: event.metadata.at };
  },
});

export function claimConcerned({ data }: Event): string | undefined {
  if ('claimId' in data) return data.claimId;
  return 'jobId' in data ? claimOf(data.jobId) : undefined;
}

export function movesAway(reason: StopReason): reason is 'drain' | 'capacity-shrunk' {
  return reason === 'drain' || reason === 'capacity-shrunk';
}

export function claimDueAt(claim: GpuClaimDocument): number | undefined {
  return dueOf(claim) === undefined ? undefined : DUE_IMMEDIATELY;
}

export function statusOf(claim: ClaimProgress): {
  readonly phase: ReturnType<typeof phaseOf>;
  readonly reason: ReturnType<typeof reasonOf>;
} {
  const facts = factsOf(claim);
  return { phase: phaseOf(facts), reason: reasonOf(facts) };
}

function claimed({ data, metadata: { at } }: EventOf<'GpuClaimed'>): GpuClaimDocument {
  const {
    claimId,
    userId,
    userNumber,
    tenantId,
    image,
    command,
    args,
    ports,
    sealedEnv,
    gpuCount,
    shm_size,
  } = data;
  return {
    claimId,
    userId,
    userNumber,
    tenantId,
    image,
    gpuCount,
    ...(command !== undefined && { command }),
    ...(args !== undefined && { args }),
    ...(ports !== undefined && { ports }),
    ...(shm_size !== undefined && { shm_size }),
    ...(sealedEnv !== undefined && { sealedEnv }),
    standing: 'held',
    ownerEnded: false,
    retention: RETAINED,
    work: NO_WORK,
    createdAt: at,
    updatedAt: at,
  };
}

function isAbout(claimId: string, event: Event): boolean {
  return event.type === 'UserErased' || event.type === 'UserDeactivated' || claimConcerned(event) === claimId;
}

function changed(claim: GpuClaimDocument, event: Event, id: string): GpuClaimDocument {
  switch (event.type) {
    case 'GpuReleased':
      return over(claim, 'released', event.data.claimId === id);
    case 'GpuClaimEnded':
      return over(claim, event.data.outcome, event.data.claimId === id);
    case 'UserErased':
    case 'UserDeactivated':
      return claim.standing === 'held' ? { ...claim, ownerEnded: true } : claim;
    default: {
      const work = evolveWork(claim.work, event);
      return work === claim.work ? claim : { ...claim, work };
    }
  }
}

function over(
  claim: GpuClaimDocument,
  standing: GpuClaimDocument['standing'],
  own: boolean,
): GpuClaimDocument {
  const retention = retain(claim.retention, own);
  if (retention === claim.retention) return claim;
  return own ? { ...claim, standing, retention } : { ...claim, retention };
}
