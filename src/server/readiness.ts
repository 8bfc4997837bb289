import type { NatsLink } from '#agents/transport/nats/link.js';
import type { ReadinessCheck } from '#src/surfaces/kit/index.js';
import type { LivePlacements } from '#src/fleet/nodes/index.js';
import type { WorkLoop, WorkStatus } from '#src/fleet/owned-work/index.js';
import { systemClock } from '#agents/clock/system-clock.js';
import type { ClockWatch } from '#src/engine/clock-watch.js';
import type { Projector } from '#src/engine/read-models/index.js';
import type { ClearSaga } from '#src/fleet/clear.js';
import type { Dispatcher } from '#src/fleet/dispatcher/index.js';
import type { Liveness } from '#src/fleet/liveness/index.js';
import type { Publisher } from '#src/engine/messaging/index.js';
import type { RunningScheduler } from '#src/fleet/scheduler/index.js';

export interface Parts {
  readonly projector: Projector | undefined;
  readonly placements: LivePlacements | undefined;
  readonly liveness: Liveness | undefined;
  readonly clearSaga: Pick<ClearSaga, 'status'> | undefined;
  readonly dispatcher: Pick<Dispatcher, 'metrics'> | undefined;
  readonly dispatches: (() => boolean) | undefined;
  readonly schedulers: readonly RunningScheduler[];
  readonly nats: NatsLink | undefined;
  readonly publisher: Publisher | undefined;
  readonly clockWatch: Pick<ClockWatch, 'last'>;
  readonly work: readonly Pick<WorkLoop, 'status'>[];
  /** Whether this server can open what the other servers of its log seal. Undefined if there are no others, or it seals nothing. */
  readonly sharedKeys: ReadinessCheck | undefined;
}

/** Returns the checks that need no probe, one per role and concern. Problems that only degrade the service are listed without failing readiness. */
export function readinessOf(
  stopping: boolean,
  {
    projector,
    placements,
    liveness,
    clearSaga,
    dispatcher,
    dispatches,
    schedulers,
    publisher,
    clockWatch,
    work,
    sharedKeys,
  }: Omit<Parts, 'nats'>,
): ReadinessCheck[] {
  const checks: ReadinessCheck[] = [
    { name: 'serving', ok: !stopping, detail: stopping ? 'stopping' : 'yes' },
  ];
  if (projector !== undefined) checks.push(checkOfProjector(projector));
  if (placements !== undefined) {
    checks.push({
      name: 'placements',
      ok: placements.isReady && placements.problem === undefined,
      detail: placements.problem ?? `position ${placements.position}`,
    });
  }
  if (schedulers.length > 0) {
    checks.push({
      name: 'schedulers',
      ok: schedulers.some((scheduler) => scheduler.problem() === undefined),
      detail: JSON.stringify(schedulers.map((scheduler) => scheduler.problem() ?? scheduler.metrics())),
    });
    checks.push(checkOfForeignEvents(schedulers));
  }
  if (liveness !== undefined) {
    const { held, heldCount, live, down } = liveness.status();
    checks.push({
      name: 'nodes',
      ok: heldCount === 0,
      vital: false,
      detail: `${live} live, ${down} down${heldCount === 0 ? '' : `; ${heldCount} silent at once, not marked down: ${held.join(', ')}`}`,
    });
  }
  if (dispatcher !== undefined)
    checks.push({
      name: 'dispatcher',
      ok: true,
      detail:
        dispatches?.() === false
          ? 'stands by: another server dispatches'
          : JSON.stringify(dispatcher.metrics()),
    });
  if (clearSaga !== undefined)
    checks.push({
      name: 'clear',
      ok: true,
      detail: `${clearSaga.status().orphans} allocations from before a clear not yet stopped`,
    });
  if (work.length > 0) checks.push(checkOfWork(work.map((loop) => loop.status())));
  if (publisher !== undefined) checks.push(checkOfPublisher(publisher));
  checks.push(checkOfClock(clockWatch));
  if (sharedKeys !== undefined) checks.push(sharedKeys);
  return checks;
}

/** Milliseconds for which a clock that went back is shown as a problem, long enough for an operator to notice. */
const CLOCK_SHOWN_MS = 3_600_000;

/** Not vital: decisions that were made ahead are made anew, but times in the log are wrong. */
function checkOfClock({ last }: Pick<ClockWatch, 'last'>): ReadinessCheck {
  if (last === undefined) return { name: 'clock', ok: true, vital: false, detail: 'has not been set' };
  const { at, byMs } = last;
  const age = systemClock.now() - at;
  const detail = `${byMs < 0 ? 'went back' : 'was put forward'} by ${Math.round(Math.abs(byMs) / 100) / 10} s at ${new Date(at).toISOString()}`;
  return { name: 'clock', ok: byMs > 0 || age > CLOCK_SHOWN_MS, vital: false, detail };
}

/** Not vital: foreign events in Muster's streams do not affect responses. The scheduler's fold is the one that sees the whole log. */
function checkOfForeignEvents(schedulers: readonly RunningScheduler[]): ReadinessCheck {
  const { count, newest } = schedulers
    .map((scheduler) => scheduler.metrics()?.foreign)
    .find((foreign) => foreign !== undefined) ?? { count: 0, newest: null };
  return {
    name: 'foreign-events',
    ok: true,
    detail:
      newest === null
        ? 'none in streams of Muster'
        : `${count} in streams of Muster, passed by; the newest is ${newest}`,
  };
}

/** A failed item does not stop the others. */
function checkOfWork(statuses: readonly WorkStatus[]): ReadinessCheck {
  return {
    name: 'work',
    ok: true,
    detail: statuses
      .map(({ work, due, parked }) => `${work}: ${due} due${parked === 0 ? '' : `, ${parked} parked`}`)
      .join('; '),
  };
}

function checkOfProjector({ status }: Projector): ReadinessCheck {
  const parked = Object.values(status.parked).reduce((sum, count) => sum + count, 0);
  return {
    name: 'projector',
    ok: status.problem === undefined && status.waitsFor === undefined && status.caughtUp,
    detail:
      status.problem?.message ??
      status.waitsFor ??
      `position ${status.position}, ${Math.round(status.lagMs)} ms behind, ${parked} parked documents`,
  };
}

/** Not vital: only subscribers of published events are late. */
function checkOfPublisher(publisher: Publisher): ReadinessCheck {
  const { leading, position, published, jetstream, problem } = publisher.status();
  const at = position === undefined ? '' : `, at position ${position}`;
  return {
    name: 'publisher',
    ok: problem === undefined,
    vital: false,
    detail:
      problem ??
      (leading
        ? `${published} events published${at}, ${jetstream === true ? 'kept by JetStream' : 'kept by nobody'}`
        : `standing by${at}`),
  };
}
