import type { Logger } from 'pino';
import {
  PLACEMENT_EVENTS,
  Placements,
  type PlacementChange,
} from '#domain/scheduling/dispatch/placements.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { decodePage } from '#src/engine/read-models/index.js';
import { SnapshotSchedule, type Bookmark } from '#src/engine/snapshots/index.js';
import { writePlacements, readPlacements } from './placements-snapshot.js';

export interface LivePlacementsOptions {
  readonly store: EventStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directory?: string;
}

const TYPES = Object.keys(PLACEMENT_EVENTS);
/** How long a request waits for a server that has just started, in milliseconds. */
const READY_TIMEOUT_MS = 5000;
/** How long a request waits for this server to fold the log up to its head, in milliseconds. */
const FOLD_TIMEOUT_MS = 2000;
const RETRY_DELAY_MS = 500;
const SNAPSHOT_CHECK_MS = 1000;

/** Maintains the current {@link Placements}: follows the log from the snapshot, or from its beginning if there is none, until stopped. */
export class LivePlacements {
  #state = new Placements();
  /** Resolves once everything that the log contained at startup has been folded. Never resolves if that is impossible: see `problem`. */
  readonly ready: Promise<void>;
  #caughtUp: () => void = () => undefined;
  #isReady = false;
  #position = -1n;
  #problem: string | undefined;
  #waiting: { readonly position: bigint; readonly done: () => void }[] = [];
  readonly #listeners = new Set<(change: PlacementChange) => void>();
  readonly #stopping = new AbortController();
  readonly #following: Promise<void>;
  readonly #rhythm: SnapshotSchedule;
  #bookmark: Bookmark | undefined;
  #keeping: Promise<void> | undefined;

  constructor(private readonly options: LivePlacementsOptions) {
    this.#rhythm = new SnapshotSchedule(options.clock);
    this.ready = new Promise((resolve) => {
      this.#caughtUp = resolve;
    });
    this.#following = this.#follow();
    if (options.directory !== undefined) void this.#keepInTime();
  }

  get state(): Placements {
    return this.#state;
  }

  get position(): bigint {
    return this.#position;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  /** Waits for `ready`. Throws `MUSTER_E_STORE_UNAVAILABLE` after `timeoutMs`. */
  async whenReady(timeoutMs = READY_TIMEOUT_MS): Promise<void> {
    if (this.#isReady) return;
    const over = new AbortController();
    await Promise.race([
      this.ready.then(() => over.abort()),
      this.options.clock.sleep(timeoutMs, over.signal),
    ]);
    if (!this.#isReady)
      throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', {
        problem: this.#problem ?? 'the log is still being read',
      });
  }

  async waitFor(position: bigint, timeoutMs: number): Promise<boolean> {
    if (this.#position >= position) return true;
    const over = new AbortController();
    const waiter = { position, done: () => over.abort() };
    this.#waiting.push(waiter);
    await this.options.clock.sleep(timeoutMs, over.signal);
    this.#waiting = this.#waiting.filter((each) => each !== waiter);
    return this.#position >= position;
  }

  /** Waits until everything that the log contains now has been folded. Throws `MUSTER_E_OVERLOADED` after two seconds. */
  async whenAtHead(): Promise<void> {
    const head = await this.options.store.head();
    if (head !== undefined && !(await this.waitFor(head, FOLD_TIMEOUT_MS)))
      throw new MusterError('MUSTER_E_OVERLOADED', {
        what: 'the placements in the log are still being read',
      });
  }

  /** Registers a listener for each change, including changes during catch-up. Returns a function that removes it. */
  onChange(listener: (change: PlacementChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const { done } of this.#waiting) done();
    await this.#following;
    await this.#keeping;
    if (this.#isReady) await this.#keep();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    let begun = false;
    while (!signal.aborted) {
      try {
        if (!begun) await this.#begin();
        begun = true;
        await this.#read(signal);
        return;
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : String(error);
        const known = !isMusterError(error, 'MUSTER_E_EVENT_UNKNOWN');
        this.options.logger.error({ code: 'placements.unreadable', problem: this.#problem, retried: known });
        // Unknown events are never skipped: only a newer version of Muster can continue.
        if (!known) return;
        await this.options.clock.sleep(RETRY_DELAY_MS, signal);
      }
    }
  }

  async #begin(): Promise<void> {
    const { directory, store } = this.options;
    const kept = directory === undefined ? undefined : await readPlacements(directory, store);
    if (kept?.kind !== 'read') return;
    this.#state = kept.placements;
    this.#bookmark = kept.bookmark;
    this.#position = kept.bookmark.position;
  }

  async #read(signal: AbortSignal): Promise<void> {
    const after = this.#position < 0n ? {} : { after: this.#position };
    for await (const message of this.options.store.subscribe({
      ...after,
      filter: { types: TYPES },
      signal,
    })) {
      this.#problem = undefined;
      while (this.#keeping !== undefined) await this.#keeping;
      if (message.kind === 'events') {
        const { events, problem } = decodePage(this.options.catalog, message.events, PLACEMENT_EVENTS);
        for (const event of events) {
          const change = this.#state.apply(event);
          this.#position = event.position;
          this.#bookmark = event;
          if (change !== undefined) for (const listener of this.#listeners) listener(change);
        }
        if (problem !== undefined) throw problem;
        this.#position = message.events.at(-1)!.position;
        this.#rhythm.folded(message.events.length);
      } else if (message.kind === 'checkpoint') {
        this.#position = message.position;
      } else {
        const first = !this.#isReady;
        this.#isReady = true;
        this.#caughtUp();
        if (first && this.#rhythm.isDue(0, true)) void this.#keep();
      }
      this.#wakeWaiting();
    }
  }

  async #keepInTime(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.options.clock.sleep(SNAPSHOT_CHECK_MS, signal);
      if (!signal.aborted && this.#isReady && this.#rhythm.isDue(this.#state.size)) await this.#keep();
    }
  }

  async #keep(): Promise<void> {
    const { directory, store, logger } = this.options;
    if (directory === undefined || this.#bookmark === undefined || this.#rhythm.behind === 0) return;
    this.#rhythm.kept();
    this.#keeping = writePlacements(directory, store.id, this.#state, this.#bookmark).catch(
      (error: unknown) => {
        logger.warn({
          code: 'placements.not-stored',
          problem: error instanceof Error ? error.message : String(error),
        });
      },
    );
    await this.#keeping;
    this.#keeping = undefined;
  }

  #wakeWaiting(): void {
    if (this.#waiting.length === 0) return;
    for (const { position, done } of this.#waiting) if (this.#position >= position) done();
  }
}

export function startPlacements(options: LivePlacementsOptions): LivePlacements {
  return new LivePlacements(options);
}
