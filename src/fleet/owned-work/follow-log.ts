import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';

const MODELS_TIMEOUT_MS = 1_000;
/** Delay after an event before its position is awaited, in milliseconds. A wait reads the position again and again, so one that begins before the projector can have committed costs reads. */
const PROJECTION_MS = 50;

export interface FollowLogOptions {
  readonly store: Pick<EventStore, 'head' | 'subscribe'>;
  readonly readModels: Pick<ReadModels, 'waitFor'>;
  readonly types: readonly string[];
  readonly clock: Pick<Clock, 'sleep'>;
}

/**
 * Waits for the read models after each event of these types, so that they notice and report what other processes have filled in. For processes without
 * a projector, until the signal aborts.
 */
export async function followLog(
  { store, readModels, types, clock }: FollowLogOptions,
  signal: StopSignal,
): Promise<void> {
  for (let after: bigint | undefined; !signal.aborted;) {
    try {
      after ??= (await store.head()) ?? -1n;
      await shown(after);
      for await (const message of store.subscribe({
        ...(after >= 0n && { after }),
        filter: { types },
        signal,
      })) {
        if (message.kind === 'caughtUp') continue;
        after = message.kind === 'checkpoint' ? message.position : message.events.at(-1)!.position;
        if (message.kind === 'checkpoint') continue;
        await clock.sleep(PROJECTION_MS, signal);
        await shown(after);
      }
    } catch {
      // The outage is reported elsewhere. Here the subscription is only resumed.
    }
    await clock.sleep(MODELS_TIMEOUT_MS, signal);
  }

  async function shown(position: bigint): Promise<void> {
    while (!signal.aborted && !(await readModels.waitFor(position, MODELS_TIMEOUT_MS)));
  }
}
