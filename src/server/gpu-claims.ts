import type { Clock } from '#domain/ports/clock.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { ReadModels } from '#domain/ports/read-models.js';
import { claimWork, GpuClaims } from '#src/surfaces/gpu/index.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import type { Settings } from './settings/settings.js';
import { movementOf, movementOfLog, WorkLoop } from '#src/fleet/owned-work/index.js';
import type { PositionSource } from '#src/engine/read-models/index.js';
import type { Closing } from './closing.js';
import type { Log } from './log.js';
import { processIds } from './process-ids.js';

export interface GpuClaimsParts {
  readonly settings: Pick<Settings, 'gpu'>;
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
  readonly store: Pick<EventStore, 'subscribe'>;
  /** There where this server has that role. */
  readonly projector: PositionSource | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface OpenedGpuClaims {
  readonly claims: GpuClaims;
  readonly work: WorkLoop;
}

/** Claims of GPUs, and what makes their jobs follow what they say: in each server that reads the models, for it minds no other at the same work. */
export function openGpuClaims({ settings, executor, readModels, store, projector, clock, log }: GpuClaimsParts, closing: Closing): OpenedGpuClaims {
  const movement = projector === undefined ? movementOfLog({ store, readModels, types: claimWork.projection.events, clock }) : movementOf(projector);
  const work = new WorkLoop(claimWork, { executor, readModels, movement, clock, ids: processIds, logger: log });
  closing.add('claims', async () => await work.stop());
  return { claims: new GpuClaims({ executor, settings: settings.gpu }), work };
}
