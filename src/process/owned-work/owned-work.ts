import type { ClockWatch } from '#src/engine/clock-watch.js';
import { followLog, WorkLoop, type WorkStatus } from '#src/fleet/owned-work/index.js';
import type { ReadinessCheck } from '#src/http/index.js';
import { processIds } from '../host/process-ids.js';
import type { SurfaceParts } from '../surfaces/list.js';
import type { Loaded } from '../surfaces/load.js';
import type { ServerHost } from '../host/server-host.js';
import { ownedWorkMetrics } from './metrics.js';
import type { ChangeSource } from '#domain/kernel/ports/read-models.js';

/**
 * Starts the loops that drive the surfaces' jobs. Each server with read models runs all of them, because loops on several servers do not interfere
 * with each other. `filledElsewhere`: other servers fill the read models, so this one notices their progress only by following the log.
 */
export function startOwnedWork(
  host: ServerHost,
  settings: Readonly<Record<string, unknown>>,
  surfaces: readonly Loaded[],
  parts: SurfaceParts,
  clockWatch: ClockWatch,
  { changes, filledElsewhere }: { readonly changes: ChangeSource; readonly filledElsewhere: boolean },
): void {
  const { clock, log } = host;
  const { executor, readModels, eventStore: store } = parts;
  const kinds = surfaces.flatMap(
    ({ declaration, served }) => served.work?.(parts, settings[declaration.name]) ?? [],
  );
  const loops = kinds.map((each) => {
    const loop = new WorkLoop(each, {
      executor,
      eventStore: store,
      readModels,
      changes,
      clock,
      clockWatch,
      ids: processIds,
      logger: log,
    });
    host.onClose(each.name, async () => await loop.stop());
    return loop;
  });
  if (loops.length === 0) return;
  if (filledElsewhere) {
    const types = [...new Set(kinds.flatMap(({ projection }) => projection.events))];
    const stopping = new AbortController();
    const following = followLog({ store, readModels, types, clock }, stopping.signal);
    host.onClose('owned-work', async () => {
      stopping.abort();
      await following;
    });
  }
  const statuses = (): WorkStatus[] => loops.map((loop) => loop.status());
  host.check(() => checkOfWork(statuses()));
  host.measure((metrics) => ownedWorkMetrics(metrics, statuses));
}

/** Always ok, because a failed item does not stop the others. */
function checkOfWork(statuses: readonly WorkStatus[]): ReadinessCheck {
  return {
    name: 'work',
    ok: true,
    detail: statuses
      .map(({ work, due, parked }) => `${work}: ${due} due${parked === 0 ? '' : `, ${parked} parked`}`)
      .join('; '),
  };
}
