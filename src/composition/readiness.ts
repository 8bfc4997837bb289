import type { ReadinessCheck } from '../api/dependencies.js';
import type { LivePlacements } from '../nodes/live-placements.js';
import type { Projector } from '../read-models/index.js';
import type { ClearSaga } from '../sagas/clear/index.js';
import type { Dispatcher } from '../sagas/dispatcher/index.js';
import type { Liveness } from '../sagas/liveness/index.js';
import type { RunningScheduler } from '../sagas/scheduler/index.js';

export interface Roles {
  readonly stopping: boolean;
  readonly projector: Projector;
  readonly placements: LivePlacements;
  readonly liveness: Liveness;
  readonly clearSaga: ClearSaga;
  readonly dispatcher: Dispatcher;
  readonly schedulers: readonly RunningScheduler[];
}

/** Is each role of this server fit to be asked? What cannot be well for a while, but spoils no answer, is shown and does not fail. */
export function readinessOf({ stopping, projector, placements, liveness, clearSaga, dispatcher, schedulers }: Roles): ReadinessCheck[] {
  const { status } = projector;
  const parked = Object.values(status.parked).reduce((sum, count) => sum + count, 0);
  const { held, heldCount, live, down } = liveness.status();
  return [
    { name: 'serving', ok: !stopping, detail: stopping ? 'stopping' : 'yes' },
    {
      name: 'projector',
      ok: status.problem === undefined && status.caughtUp,
      detail: status.problem?.message ?? `position ${status.position}, ${Math.round(status.lagMs)} ms behind, ${parked} parked documents`,
    },
    { name: 'placements', ok: placements.isReady && placements.problem === undefined, detail: placements.problem ?? `position ${placements.position}` },
    {
      name: 'schedulers',
      ok: schedulers.some((scheduler) => scheduler.metrics() !== undefined),
      detail: JSON.stringify(schedulers.map((scheduler) => scheduler.metrics() ?? 'starting')),
    },
    {
      name: 'nodes',
      ok: true,
      detail: `${live} live, ${down} down${heldCount === 0 ? '' : `; ${heldCount} silent at once, not marked down: ${held.join(', ')}`}`,
    },
    { name: 'dispatcher', ok: true, detail: JSON.stringify(dispatcher.metrics()) },
    { name: 'clear', ok: true, detail: `${clearSaga.status().orphans} allocations from before a clear not yet stopped` },
  ];
}
