import type { Clock } from '#domain/ports/clock.js';
import type { ReadModels } from '#domain/ports/read-models.js';
import { GpuClaims, startClaimSaga } from '#src/surfaces/gpu/index.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import type { Settings } from './settings/settings.js';
import type { PositionSource } from '#src/engine/read-models/index.js';
import type { Closing } from './closing.js';
import type { Log } from './log.js';
import { processIds } from './process-ids.js';

export interface GpuClaimsParts {
  readonly settings: Pick<Settings, 'gpu'>;
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
  /** There where this server has that role. */
  readonly projector: PositionSource | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Claims of GPUs, and what makes follow what they say: in each server that reads the models, for it minds no other at the same work. */
export function openGpuClaims({ settings, executor, readModels, projector, clock, log }: GpuClaimsParts, closing: Closing): GpuClaims {
  const saga = startClaimSaga({ executor, readModels, projector, clock, ids: processIds, logger: log });
  closing.add('claims', async () => await saga.stop());
  return new GpuClaims({ executor, settings: settings.gpu, due: (position) => saga.wake(position) });
}
