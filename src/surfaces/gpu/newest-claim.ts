import { claims } from '#domain/claim/index.js';
import { decodeOurs, type RecordedMusterEvent } from '#domain/event-types/index.js';
import { streamName } from '#domain/event/index.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { ReadModels } from '#domain/ports/read-models.js';
import { claimConcerned, gpuClaims, type GpuClaimDocument } from '#projections/gpu-claims.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import { read } from '#src/surfaces/kit/index.js';

export interface ClaimHost {
  readonly executor: Pick<CommandExecutor, 'load'>;
  readonly eventStore: Pick<EventStore, 'readStream'>;
  readonly readModels: Pick<ReadModels, 'get' | 'position'>;
}

export interface NewestClaim {
  readonly claim: GpuClaimDocument;
  /** Its document could not be brought up to date: what became of its job is older than the rest. */
  readonly parked: boolean;
}

/**
 * A claim as the log has it now: its document, and on top what the stream of its account says that no read model shows yet. One that no model shows at
 * all is looked for among those of `userId`. Undefined: there is none, or a clear took it.
 */
export async function newestClaim(host: ClaimHost, userId: string, claimId: string): Promise<NewestClaim | undefined> {
  // Before the document is read: whatever stands up to here is in it.
  const shown = host.readModels.position();
  const stored = await host.readModels.get(gpuClaims.name, claimId);
  const document = stored && read<GpuClaimDocument>(stored);
  const owner = document?.userId ?? userId;
  // Before the stream is read: what it begins and the fold did not hold was cleared.
  const held = document !== undefined || (await host.executor.load(claims, owner)).has(claimId);
  const claim = await broughtUp(host, owner, claimId, document, shown);
  return claim === undefined || (!held && claim.standing === 'held') ? undefined : { claim, parked: stored?.parked === true };
}

/** Folds what stands behind the position `shown` of the claim's own events. */
async function broughtUp(
  { eventStore }: ClaimHost,
  userId: string,
  claimId: string,
  document: GpuClaimDocument | undefined,
  shown: bigint,
): Promise<GpuClaimDocument | undefined> {
  const unseen: RecordedMusterEvent[] = [];
  for await (const event of newerThan(eventStore, userId, shown)) if (claimConcerned(event) === claimId) unseen.unshift(event);
  return unseen.reduce((claim, event) => gpuClaims.evolve(claim, event, claimId) as GpuClaimDocument | undefined, document);
}

/** Events of an account's claims behind a position, the newest first. */
async function* newerThan(store: ClaimHost['eventStore'], userId: string, position: bigint): AsyncGenerator<RecordedMusterEvent> {
  for await (const page of store.readStream(streamName(claims.category, userId), { direction: 'backwards' }))
    for (const recorded of page) {
      if (recorded.position <= position) return;
      const event = decodeOurs(recorded);
      if (event !== undefined) yield event;
    }
}
