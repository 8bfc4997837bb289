import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { backOff } from '#domain/kernel/back-off.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Models } from './models.js';
import type { EventStoreHandle } from '#src/engine/event-store/index.js';
import { showEventLoop } from '#src/engine/metrics/index.js';
import { buildMissing } from './parallel/build-missing.js';
import { ReadModelEngine, type EngineOptions } from './engine.js';
import type { ProjectorOrder, ProjectorReport, ProjectorStart } from './projector-messages.js';
import type { OpenStorage } from './place.js';
import type { ModelStorage } from './storage.js';
import { isBusy, isDamage } from './sqlite/open-storage.js';
import { toWire } from './wire-error.js';

/** Interval between checks for rebuild requests from other processes, in milliseconds. */
const REQUESTS_MS = 500;
const PRUNING_MS = 20;
const DAY_MS = 86_400_000;
const retryDelay = backOff({ firstMs: 200, mostMs: 2_000 });

export interface ProjectorParts extends Models, Pick<EngineOptions, 'traced'> {
  connect(handle: EventStoreHandle): Promise<EventStore>;
  readonly openStorage: OpenStorage;
  readonly builder: URL;
}

/** Runs the projector thread: fills the read models until it is closed. */
export async function runProjector(parts: ProjectorParts): Promise<void> {
  const { events, place } = workerData as ProjectorStart;
  const port = parentPort!;
  const store = await parts.connect(events);
  const thread = new ProjectorThread(parts, { events, place }, store, port);
  port.on('message', (order: ProjectorOrder) => {
    thread.obey(order);
  });
  showEventLoop();
  await thread.serve();
  await store.close();
  port.close();
}

class ProjectorThread {
  readonly #closing = new AbortController();
  /** Ends the current engine, so that the next one starts on a new file. */
  #restart = new AbortController();
  #damaged = false;
  #lost = false;
  #engine: ReadModelEngine | undefined;

  constructor(
    private readonly parts: ProjectorParts,
    private readonly start: ProjectorStart,
    private readonly store: EventStore,
    private readonly port: MessagePort,
  ) {}

  obey(order: ProjectorOrder): void {
    switch (order.kind) {
      case 'close':
        this.#closing.abort();
        this.#restart.abort();
        return;
      case 'damaged':
        this.#damaged = true;
        this.#restart.abort();
        return;
      case 'want':
        this.#engine?.want(order.position);
        return;
      case 'ask':
        this.#report({ kind: 'alive' });
        return;
      case 'rebuild':
        void this.#rebuild(order.model, order.request);
    }
  }

  async serve(): Promise<void> {
    for (let discard = false, failures = 0; !this.#closing.signal.aborted;) {
      try {
        await this.#runEngine(discard);
        failures = 0;
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        if (this.#passes(error)) {
          failures += 1;
          this.#report({ kind: 'waiting', problem: error instanceof Error ? error.message : String(error) });
          await systemClock.sleep(retryDelay(failures), this.#closing.signal);
          continue;
        }
        // If a rebuilt model breaks again, the file was not the cause. The cause may be a broken disk, or an event that is not JSON.
        if (!(isDamage(error) || error instanceof SyntaxError) || discard) {
          this.#report({ kind: 'stopped', error: toWire(error) });
          return;
        }
        this.#damaged = true;
      }
      discard = this.#damaged;
      const again = discard || this.#lost;
      this.#damaged = false;
      this.#lost = false;
      if (!again) return;
    }
  }

  async #runEngine(discard: boolean): Promise<void> {
    this.#restart = new AbortController();
    if (this.#closing.signal.aborted) return;
    const signal = this.#restart.signal;
    const storage = await this.parts.openStorage(this.start.place, {
      store: this.store,
      projections: this.parts.projections,
      discard,
      signal,
      onStandby: ({ lagMs, changed, ...watched }) => {
        this.#report({
          kind: 'progress',
          progress: { ...watched, created: 0, parked: {}, building: {} },
          changed,
          watched: true,
          lagMs,
        });
      },
      onLost: () => {
        this.#lost = true;
        this.#restart.abort();
      },
    });
    if (storage === undefined) return;
    this.#report({ kind: 'opened' });
    let newest = 0;
    const engine = new ReadModelEngine({
      store: this.store,
      storage,
      ...this.parts,
      clock: systemClock,
      onProgress: (progress, changed) => {
        const since = newest === progress.created ? 0 : systemClock.now() - progress.created;
        newest = progress.created;
        this.#report({ kind: 'progress', progress, changed, watched: false, lagMs: Math.max(0, since) });
      },
    });
    this.#engine = engine;
    const answering = this.#answerRequests(storage, engine, signal);
    answering.catch(() => this.#restart.abort());
    try {
      await this.#buildMissing(storage, signal);
      await engine.run(signal);
    } finally {
      this.#restart.abort();
      await answering;
      this.#engine = undefined;
      await storage.close();
    }
  }

  async #buildMissing(storage: ModelStorage, signal: AbortSignal): Promise<void> {
    const { place, events } = this.start;
    if (place.kind !== 'sqlite' || events.kind !== 'sqlite') return;
    await buildMissing({
      store: this.store,
      storage,
      ...this.parts,
      directory: place.directory,
      eventsDirectory: events.directory,
      signal,
    });
  }

  async #answerRequests(storage: ModelStorage, running: ReadModelEngine, until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      if (running.progress.caughtUp) {
        for (const model of await storage.requests().catch(() => [])) {
          if (!this.parts.projections.some((each) => each.name === model))
            await storage.accept(model).catch(() => undefined);
          else await running.rebuild(model).catch(() => undefined);
        }
        await this.#pruneHistory(storage);
      }
      await systemClock.sleep(REQUESTS_MS, until);
    }
  }

  /** Called only while the models are caught up, because catching up is more urgent. */
  async #pruneHistory(storage: ModelStorage): Promise<void> {
    const { place } = this.start;
    if (place.kind !== 'sqlite' || place.historyDays === undefined) return;
    const began = systemClock.now();
    try {
      while (systemClock.now() - began < PRUNING_MS)
        if ((await storage.pruneHistory?.(began - place.historyDays * DAY_MS)) !== true) return;
    } catch (error) {
      // The next call retries.
      if (!isBusy(error) && !isMusterError(error, 'MUSTER_E_STORE_FULL')) throw error;
    }
  }

  /** Returns whether the error is temporary: a file locked by a different reader, an unavailable shared store, or a different active projector. */
  #passes(error: unknown): boolean {
    if (isBusy(error)) return true;
    if (this.start.events.kind !== 'sqlite' && isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE'))
      return true;
    return (
      this.start.place.kind === 'mongodb' &&
      (isMusterError(error, 'MUSTER_E_READ_MODEL_UNAVAILABLE') ||
        isMusterError(error, 'MUSTER_E_READ_MODEL_CONTESTED'))
    );
  }

  async #rebuild(model: string, request: number): Promise<void> {
    try {
      if (this.#engine === undefined) throw new Error('the projector is starting or has stopped');
      await this.#engine.rebuild(model);
      this.#report({ kind: 'rebuilt', request });
    } catch (error) {
      this.#report({ kind: 'rebuilt', request, error: toWire(error) });
    }
  }

  #report(message: ProjectorReport): void {
    this.port.postMessage(message);
  }
}
