import { untilAborted } from '#agents/platform/clock/until-aborted.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { ChangedModels, PositionSource } from '#src/engine/read-models/index.js';

/** Calls `moved` with the changed models whenever the read models may show something new, until the signal aborts. */
export type ModelChanges = (moved: (changed: ChangedModels) => void, signal: AbortSignal) => Promise<void>;

const MODELS_TIMEOUT_MS = 1_000;

/** Detects changes in processes that have a projector or follow one elsewhere. */
export function changesOf(projector: Pick<PositionSource, 'onMoved'>): ModelChanges {
  return async (moved, signal) => {
    const leave = projector.onMoved(moved);
    await untilAborted(signal);
    leave();
  };
}

export interface LogMovementOptions {
  readonly store: Pick<EventStore, 'subscribe'>;
  readonly readModels: Pick<ReadModels, 'waitFor'>;
  readonly types: readonly string[];
  readonly clock: Pick<Clock, 'sleep'>;
}

/** Detects changes in processes whose read models are filled by other processes: follows the log, and waits for the models. */
export function changesOfLog({ store, readModels, types, clock }: LogMovementOptions): ModelChanges {
  return async (moved, signal) => {
    for (let after: bigint | 'end' = 'end'; !signal.aborted;) {
      try {
        for await (const message of store.subscribe({ after, filter: { types }, signal })) {
          if (message.kind === 'caughtUp') continue;
          after = message.kind === 'checkpoint' ? message.position : message.events.at(-1)!.position;
          if (message.kind === 'checkpoint') continue;
          while (!signal.aborted && !(await readModels.waitFor(after, MODELS_TIMEOUT_MS)));
          moved('any');
        }
      } catch {
        // The outage is reported elsewhere. The subscription is retried, and the call below covers events that it missed.
      }
      await clock.sleep(MODELS_TIMEOUT_MS, signal);
      moved('any');
    }
  };
}
