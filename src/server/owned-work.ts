import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { ClockWatch } from '#src/engine/clock-watch.js';
import type { Quotas } from '#src/accounts/index.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import type { PositionSource } from '#src/engine/read-models/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import { changesOf, changesOfLog, WorkLoop, type WorkHost } from '#src/fleet/owned-work/index.js';
import type { TaskResults } from '#src/fleet/nodes/index.js';
import type { LoadedSurface } from '#src/surfaces/kit/index.js';
import type { Closing } from './closing.js';
import type { Log } from './log.js';
import { processIds } from './process-ids.js';
import type { Settings } from './settings/settings.js';

export interface OwnedWorkParts {
  readonly surfaces: readonly LoadedSurface[];
  readonly executor: CommandExecutor;
  readonly sealer: Sealer;
  readonly results: Pick<TaskResults, 'read'>;
  readonly settings: Pick<Settings, 'openExecution' | 'surfaces'>;
  readonly quotas: Quotas;
  readonly readModels: ReadModels;
  readonly agents: Pick<AgentChannel, 'removeVolume'>;
  readonly store: EventStore;
  /** There where this server has that role. */
  readonly projector: PositionSource | undefined;
  readonly clock: Clock;
  readonly clockWatch: ClockWatch;
  readonly log: Log;
}

/** What makes the jobs of surfaces follow what these want: in each server that reads the models, for it minds no other at the same work. */
export function startOwnedWork(
  {
    surfaces,
    executor,
    sealer,
    results,
    settings,
    quotas,
    readModels,
    agents,
    store,
    projector,
    clock,
    clockWatch,
    log,
  }: OwnedWorkParts,
  closing: Closing,
): readonly WorkLoop[] {
  const host: WorkHost = {
    executor,
    readModels,
    eventStore: store,
    agents,
    sealer,
    results,
    quotas,
    openExecution: settings.openExecution,
  };
  const work = surfaces.flatMap(
    ({ declaration, served }) => served.work?.(host, settings.surfaces[declaration.name]) ?? [],
  );
  return work.map((each) => {
    const movement =
      projector === undefined
        ? changesOfLog({ store, readModels, types: each.projection.events, clock })
        : changesOf(projector);
    const loop = new WorkLoop(each, {
      executor,
      readModels,
      movement,
      clock,
      clockWatch,
      ids: processIds,
      logger: log,
    });
    closing.add(each.name, async () => await loop.stop());
    return loop;
  });
}
