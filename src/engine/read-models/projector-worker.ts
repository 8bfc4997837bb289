import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#agents/clock/system-clock.js';
import { isMusterError } from '#domain/errors/index.js';
import { PROJECTIONS } from '#projections/index.js';
import { connectEventStore } from '#src/engine/event-store/index.js';
import { showEventLoop } from '#src/engine/metrics/index.js';
import { buildMissing } from './parallel/build-missing.js';
import { ReadModelEngine } from './engine.js';
import type { ProjectorOrder, ProjectorReport, ProjectorStart } from './projector-messages.js';
import { Standby } from './mongodb/standby.js';
import { openModelStorage } from './place.js';
import type { ModelStorage } from './storage.js';
import { isBusy, isDamage } from './sqlite/open-storage.js';
import { toWire } from './wire-error.js';

/** How often rebuilds are looked for that another process asked for, in milliseconds. */
const REQUESTS_MS = 500;
/** Longest pause before a server that is away is tried again, in milliseconds. */
const LONGEST_PAUSE_MS = 2_000;

const { events, place } = workerData as ProjectorStart;
const port = parentPort!;
const store = await connectEventStore(events);
const closing = new AbortController();
/** Ends the present engine, so that the next one begins on a new file. */
let restart = new AbortController();
let damaged = false;
/** Another projector has taken the storage over. */
let lost = false;
let engine: ReadModelEngine | undefined;

port.on('message', (order: ProjectorOrder) => {
  switch (order.kind) {
    case 'close':
      closing.abort();
      restart.abort();
      return;
    case 'damaged':
      damaged = true;
      restart.abort();
      return;
    case 'ask':
      report({ kind: 'alive' });
      return;
    case 'rebuild':
      void rebuild(order.model, order.request);
  }
});

showEventLoop();
await serve();
await store.close();
port.close();

/**
 * Runs engines until it is closed: one, and another each time that the file turns out to be damaged, or that a server of models
 * or events was away, or another projector took over.
 */
async function serve(): Promise<void> {
  for (let discard = false, failures = 0; !closing.signal.aborted; ) {
    try {
      await runEngine(discard);
      failures = 0;
    } catch (error) {
      if (closing.signal.aborted) return;
      if (passes(error)) {
        failures += 1;
        report({ kind: 'waiting', problem: error instanceof Error ? error.message : String(error) });
        await systemClock.sleep(Math.min(100 * 2 ** failures, LONGEST_PAUSE_MS), closing.signal);
        continue;
      }
      // What breaks again although it was made anew has another reason: a broken disk, an event that is no JSON.
      if (!(isDamage(error) || error instanceof SyntaxError) || discard) {
        report({ kind: 'stopped', error: toWire(error) });
        return;
      }
      damaged = true;
    }
    discard = damaged;
    const again = discard || lost;
    damaged = false;
    lost = false;
    if (!again) return;
  }
}

async function runEngine(discard: boolean): Promise<void> {
  restart = new AbortController();
  if (closing.signal.aborted) return;
  const signal = restart.signal;
  const standby = new Standby(store, systemClock);
  const storage = await openModelStorage(place, {
    discard,
    signal,
    onStandby: async (head) => {
      const { lagMs, ...watched } = await standby.watch(head);
      report({ kind: 'progress', progress: { ...watched, created: 0, parked: {}, building: {} }, watched: true, lagMs });
    },
    onLost: () => {
      lost = true;
      restart.abort();
    },
  });
  if (storage === undefined) return;
  report({ kind: 'opened' });
  let newest = 0;
  engine = new ReadModelEngine({
    store,
    storage,
    projections: PROJECTIONS,
    clock: systemClock,
    onProgress: (progress) => {
      const since = newest === progress.created ? 0 : systemClock.now() - progress.created;
      newest = progress.created;
      report({ kind: 'progress', progress, watched: false, lagMs: Math.max(0, since) });
    },
  });
  const answering = answerRequests(storage, engine, signal);
  try {
    if (place.kind === 'sqlite' && events.kind === 'sqlite') await buildMissing({ store, storage, directory: place.directory, eventsDirectory: events.directory, signal });
    await engine.run(signal);
  } finally {
    restart.abort();
    await answering;
    engine = undefined;
    await storage.close();
  }
}

/** Rebuilds that `muster rebuild` left in the storage. */
async function answerRequests(storage: ModelStorage, running: ReadModelEngine, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    if (running.progress.caughtUp) {
      for (const model of await storage.requests().catch(() => [])) {
        if (!PROJECTIONS.some((each) => each.name === model)) await storage.accept(model).catch(() => undefined);
        else await running.rebuild(model).catch(() => undefined);
      }
    }
    await systemClock.sleep(REQUESTS_MS, until);
  }
}

/** What is over by itself: a file may be locked by somebody who reads it by other means; where it is shared with other servers, a store may be away, or another projector at work. */
function passes(error: unknown): boolean {
  if (isBusy(error)) return true;
  if (events.kind !== 'sqlite' && isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE')) return true;
  return place.kind === 'mongodb' && (isMusterError(error, 'MUSTER_E_READ_MODEL_UNAVAILABLE') || isMusterError(error, 'MUSTER_E_READ_MODEL_CONTESTED'));
}

async function rebuild(model: string, request: number): Promise<void> {
  try {
    if (engine === undefined) throw new Error('the projector is starting or has stopped');
    await engine.rebuild(model);
    report({ kind: 'rebuilt', request });
  } catch (error) {
    report({ kind: 'rebuilt', request, error: toWire(error) });
  }
}

function report(message: ProjectorReport): void {
  port.postMessage(message);
}
