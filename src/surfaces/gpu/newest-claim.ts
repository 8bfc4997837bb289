import { claims, type ClaimEvent } from '#domain/gpu/claim/index.js';
import { catalogOf } from '#domain/kernel/catalog/index.js';
import { streamName, type Recorded } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { claimConcerned, gpuClaims, type GpuClaimDocument } from '#projections/gpu/gpu-claims.js';
import { read } from '#src/http/index.js';

const CLAIMS = catalogOf(claims);

export interface ClaimHost {
  readonly executor: Pick<CommandExecutor, 'load'>;
  readonly eventStore: Pick<EventStore, 'readStream'>;
  readonly readModels: Pick<ReadModels, 'get' | 'position'>;
}

export interface FoundClaim {
  readonly claim: GpuClaimDocument;
  readonly parked: boolean;
}

/**
 * Returns the current claim: its document plus newer events from its account's stream. If there is no document, the stream of `userId` is searched.
 * Returns undefined if there is no such claim, or if it was cleared.
 */
export async function newestClaim(
  host: ClaimHost,
  userId: string,
  claimId: string,
): Promise<FoundClaim | undefined> {
  const shown = host.readModels.position();
  const stored = await host.readModels.get(gpuClaims.name, claimId);
  const document = stored && read<GpuClaimDocument>(stored);
  const parked = stored?.parked === true;
  const owner = document?.userId ?? userId;
  const held = (await host.executor.load(claims, owner)).has(claimId);
  if (document !== undefined && (document.standing === 'held') === held) return { claim: document, parked };
  const unseen = await eventsBehind(host.eventStore, owner, claimId, shown);
  const claim = unseen.reduce(
    (before, event) => gpuClaims.evolve(before, event, claimId) as GpuClaimDocument | undefined,
    document,
  );
  const cleared = document === undefined && claim?.standing === 'held' && !held;
  return claim === undefined || cleared ? undefined : { claim, parked };
}

async function eventsBehind(
  store: ClaimHost['eventStore'],
  userId: string,
  claimId: string,
  position: bigint,
): Promise<readonly Recorded<ClaimEvent>[]> {
  const events: Recorded<ClaimEvent>[] = [];
  for await (const page of store.readStream(streamName(claims.category, userId), { direction: 'backwards' }))
    for (const recorded of page) {
      if (recorded.position <= position) return events.reverse();
      const event = CLAIMS.decodeOurs(recorded);
      if (event !== undefined && claimConcerned(event) === claimId) events.push(event);
    }
  return events.reverse();
}
