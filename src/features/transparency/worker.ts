import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { categoryOf } from '#domain/kernel/event/index.js';
import { connectEventStore } from '#src/stores/connect.js';
import { showEventLoop } from '#src/engine/metrics/index.js';
import { TransparencyFollower } from './follower.js';
import { sendToWitnesses } from './send-to-witness.js';
import { isDamage, TileStore } from './tile-store.js';
import { Witnesses } from './witnesses.js';
import type { FollowerReport, FollowerStart } from './worker-messages.js';

/** A low priority, because nothing waits for this thread. */
const NICENESS = 15;
/** Milliseconds before a retry after a failure, for example if the event store is unreachable. */
const RETRY_MS = 5_000;

const { handle, directory, categories, seed, witnesses, quorum } = workerData as FollowerStart;
const own = new Set(categories);
const stopping = new AbortController();
const { signal } = stopping;
const report = (message: FollowerReport): void => parentPort?.postMessage(message);
parentPort?.on('message', () => stopping.abort());

let store: EventStore | undefined;
let tiles: TileStore | undefined;

// On Linux, this sets the priority of this thread only. Elsewhere it would affect the whole process.
if (process.platform === 'linux') setPriority(NICENESS);
showEventLoop();
for (let failure = await follow(); failure !== undefined && !signal.aborted; failure = await follow()) {
  report({ kind: 'failed', problem: failure instanceof Error ? failure.message : String(failure) });
  if (isDamage(failure)) closeTiles();
  await systemClock.sleep(RETRY_MS, signal);
}
closeTiles();
await store?.close();
parentPort?.close();

/** Follows the log until it is stopped or fails, for example because the event store is unreachable. Returns the failure. */
async function follow(): Promise<unknown> {
  if (signal.aborted) return undefined;
  try {
    store ??= await connectEventStore(handle);
    tiles ??= openTiles(store.id);
    const follower = new TransparencyFollower({
      store,
      isShared: handle.kind === 'esdb',
      tiles,
      directory,
      isOwnStream: (stream) => own.has(categoryOf(stream)),
      clock: systemClock,
      seed,
      onProgress: (state) => report({ kind: 'progress', state }),
    });
    await besideWitnesses(tiles, async () => await follower.run(signal));
    return undefined;
  } catch (error) {
    return error ?? new Error('the transparency log failed');
  }
}

/** Requests cosignatures from witnesses while the work runs. */
async function besideWitnesses(of: TileStore, work: () => Promise<void>): Promise<void> {
  const ending = new AbortController();
  const asked = AbortSignal.any([signal, ending.signal]);
  const asking = new Witnesses({
    witnesses,
    quorum,
    tiles: of,
    clock: systemClock,
    send: sendToWitnesses(asked),
    onChange: (states) => report({ kind: 'witnesses', states }),
  })
    .run(asked)
    .catch((error: unknown) => report({ kind: 'failed', problem: `witnesses: ${String(error)}` }));
  try {
    await work();
  } finally {
    ending.abort();
    await asking;
  }
}

function openTiles(log: string): TileStore {
  const opened = TileStore.open(directory, log, systemClock);
  report({ kind: 'opened', damaged: opened.damaged });
  return opened;
}

function closeTiles(): void {
  tiles?.close();
  tiles = undefined;
}
