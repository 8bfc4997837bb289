import { untilAborted } from '#agents/clock/until-aborted.js';
import type { Logger } from 'pino';
import { isMusterError, type ErrorCode } from '#domain/kernel/errors/index.js';
import { DUE_IMMEDIATELY, type WorkStep } from '#domain/work/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { ReadModels, StoredDocument } from '#domain/kernel/ports/read-models.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import type { ClockWatch } from '#src/engine/clock-watch.js';
import type { ChangedModels } from '#src/engine/read-models/index.js';
import type { ModelChanges } from './model-changes.js';
import type { AnyOwnedWork } from './owned-work.js';
import { settle } from './settle.js';
import { PARKED_AFTER, backoffAfter, WaitingItems } from './waiting-items.js';

export interface WorkLoopParts {
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
  readonly movement: ModelChanges;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  /** Reports changes of the wall clock. Undefined: it never changes. */
  readonly clockWatch?: Pick<ClockWatch, 'onMoved'> | undefined;
}

export interface WorkStatus {
  readonly work: string;
  readonly due: number;
  readonly lateSeconds: number;
  readonly parked: number;
  readonly failures: number;
  readonly steps: Readonly<Record<'settle' | WorkStep, number>>;
}

/** An item of the read model; its document is undefined if it cannot be parsed. */
interface Item {
  readonly id: string;
  readonly document: unknown;
  /** Set if the item waits for a time that only a clock that was ahead can have produced. */
  readonly toleranceMs?: number | undefined;
}

/** Number of items that are processed concurrently, unless the work says otherwise. */
const DEFAULT_CONCURRENCY = 32;
/** Minimum milliseconds between two checks, however busy the log is. A check that finds nothing to do may take this share of the time. */
const MIN_INTERVAL_MS = 50;
const IDLE_SHARE = 0.2;
/** The wall clock can change, so while something waits for it, checks are at most this far apart. */
const MAX_CLOCK_INTERVAL_MS = 60_000;
const CLOCK_TOLERANCE_MS = 60_000;
/** A constant abort reason: otherwise each wake-up would create an error with a stack trace. */
const WOKEN = 'woken';
const MAX_OUTAGE_BACKOFF_MS = 8_000;

/** Errors that are not the fault of an item; nothing is tried until the store is back. */
const OUTAGES: readonly ErrorCode[] = [
  'MUSTER_E_STORE_UNAVAILABLE',
  'MUSTER_E_STORE_BUSY',
  'MUSTER_E_STORE_FULL',
  'MUSTER_E_READ_MODEL_UNAVAILABLE',
  'MUSTER_E_OVERLOADED',
  'MUSTER_E_CLUSTER_LEVEL',
];

/**
 * Keeps the jobs of one surface in step with what it wants: creates, updates, stops and finally forgets them. It runs when the read models have
 * moved, and when the clock reaches the earliest time in the index `due`, so a quiet log causes no work. It holds no essential state: after a crash,
 * or with several servers, each item is decided again on its streams.
 */
export class WorkLoop {
  readonly #work: AnyOwnedWork;
  readonly #parts: WorkLoopParts;
  readonly #waiting: WaitingItems;
  readonly #busy = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<unknown>;
  #rest = new AbortController();
  #freed = (): void => undefined;
  #moved = true;
  /** A store did not respond, so there is unfinished work. */
  #missed = false;
  #outages = 0;
  /** Monotonic milliseconds. */
  #awayUntil = 0;
  /** Tolerated difference between clocks of servers, for a check of items that wait for times far ahead; undefined if no such check is due. */
  #toleranceMs: number | undefined = CLOCK_TOLERANCE_MS;
  /** Milliseconds since the epoch; undefined if nothing waits for the clock. */
  #nextDue: number | undefined;
  #due = 0;
  #oldestDue = 0;
  #failures = 0;
  readonly #steps = { settle: 0, begin: 0, update: 0, stop: 0, forget: 0 };

  constructor(work: AnyOwnedWork, parts: WorkLoopParts) {
    this.#work = work;
    this.#parts = parts;
    this.#waiting = new WaitingItems(parts.clock);
    const movement = parts.movement((changed) => this.#shown(changed), this.#stopping.signal);
    const leave = parts.clockWatch?.onMoved((byMs) => this.#clockMoved(byMs));
    this.#stopping.signal.addEventListener('abort', () => leave?.(), { once: true });
    this.#running = Promise.all([movement, this.#run()]);
  }

  status(): WorkStatus {
    const lateSeconds = this.#due === 0 ? 0 : Math.max(0, this.#parts.clock.now() - this.#oldestDue) / 1000;
    return {
      work: this.#work.name,
      due: this.#due,
      lateSeconds,
      parked: this.#waiting.parked,
      failures: this.#failures,
      steps: { ...this.#steps },
    };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake(false);
    await this.#running;
    await Promise.all(this.#busy.values());
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts;
    while (!this.#stopping.signal.aborted) {
      const begun = clock.monotonic();
      let gap = MIN_INTERVAL_MS;
      [this.#moved, this.#missed] = [false, false];
      const toleranceMs = this.#toleranceMs;
      try {
        const begins = await this.#look();
        if (begins === 0) gap = Math.max(gap, (clock.monotonic() - begun) / IDLE_SHARE);
        if (this.#busy.size === 0 && !this.#isAway) this.#outages = 0;
      } catch (error) {
        this.#away(error);
        this.#toleranceMs = least(this.#toleranceMs, toleranceMs);
      }
      await this.#untilSomethingIsToDo();
      const since = clock.monotonic() - begun;
      if (since < gap) await clock.sleep(gap - since, this.#stopping.signal);
    }
  }

  /** Processes due items, the earliest first, up to the first that is not due. Returns the number of items started. */
  async #look(): Promise<number> {
    const { readModels, clock } = this.#parts;
    this.#waiting.beginLook();
    let [due, begins, oldest, next, whole] = [0, 0, clock.now(), undefined as number | undefined, true];
    const toleranceMs = this.#work.isAhead === undefined ? undefined : this.#toleranceMs;
    this.#toleranceMs = undefined;
    // A page is as old as this position; later changes may be missing from it.
    let shown = readModels.position();
    pages: for await (const page of readModels.list(this.#work.projection.name, { by: 'due' })) {
      for (const stored of page) {
        const { document, at } = this.#itemOf(stored);
        if (at === undefined) continue;
        if (at > clock.now()) {
          next ??= at;
          if (toleranceMs === undefined) break pages;
          if (
            this.#work.isAhead?.(document, clock.now(), toleranceMs) === true &&
            (await this.#deal({ id: stored.id, document, toleranceMs }, shown))
          )
            begins += 1;
          if (!this.#isAway && !this.#stopping.signal.aborted) continue;
          this.#toleranceMs = toleranceMs;
          break pages;
        }
        whole = !this.#isAway && !this.#stopping.signal.aborted;
        if (!whole) break pages;
        due += 1;
        const known = this.#waiting.see(stored.id);
        oldest = Math.min(oldest, at === DUE_IMMEDIATELY ? clock.now() - known : at);
        if (await this.#deal({ id: stored.id, document }, shown)) begins += 1;
      }
      shown = readModels.position();
    }
    if (whole) this.#waiting.endLook(this.#busy);
    [this.#due, this.#oldestDue, this.#nextDue] = [due, oldest, next];
    return begins;
  }

  #itemOf({ json }: StoredDocument): { readonly document: unknown; readonly at: number | undefined } {
    let document: unknown;
    try {
      document = JSON.parse(json);
      return { document, at: this.#work.dueAt(document) };
    } catch {
      return { document, at: DUE_IMMEDIATELY };
    }
  }

  /** Starts to process an item, once a slot is free. `shown`: the position of the read models when it was read. Returns false if the item must wait. */
  async #deal(item: Item, shown: bigint): Promise<boolean> {
    const { id } = item;
    if (this.#busy.has(id) || !this.#waiting.mayTry(id, shown)) return false;
    while (this.#busy.size >= (this.#work.concurrency ?? DEFAULT_CONCURRENCY))
      await new Promise<void>((freed) => (this.#freed = freed));
    if (this.#isAway || this.#stopping.signal.aborted) return false;
    this.#waiting.trying(id);
    this.#busy.set(
      id,
      this.#settle(item).finally(() => {
        this.#busy.delete(id);
        this.#freed();
      }),
    );
    return true;
  }

  async #settle({ id, document, toleranceMs }: Item): Promise<void> {
    const { logger } = this.#parts;
    try {
      const { position, steps } = await settle(this.#work, document, this.#parts, toleranceMs);
      this.#outages = 0;
      if (position === undefined) this.#waiting.idle(id);
      else {
        this.#waiting.settled(id, position);
        for (const step of steps) this.#steps[step] += 1;
        logger.info({ code: 'work-done', work: this.#work.name, item: id, steps });
        return;
      }
    } catch (error) {
      if (OUTAGES.some((code) => isMusterError(error, code))) this.#away(error);
      else this.#failed(id, error);
    }
    // The item is tried again later, and the waiting loop has to know the time.
    this.#wake(false);
  }

  #failed(id: string, error: unknown): void {
    this.#failures += 1;
    const times = this.#waiting.failed(id);
    if (times !== 1 && times !== PARKED_AFTER) return;
    this.#parts.logger.warn({
      code: times === 1 ? 'work-failed' : 'work-parked',
      work: this.#work.name,
      item: id,
      problem: problemOf(error),
    });
  }

  #away(error: unknown): void {
    const { clock, logger } = this.#parts;
    this.#missed = true;
    if (this.#isAway) return;
    this.#outages += 1;
    this.#awayUntil = clock.monotonic() + backoffAfter(this.#outages, MAX_OUTAGE_BACKOFF_MS);
    // At the start the read models are still being built.
    if (this.#outages > 1 || !isMusterError(error, 'MUSTER_E_READ_MODEL_UNAVAILABLE'))
      logger.warn({ code: 'work-not-seen', work: this.#work.name, problem: problemOf(error) });
  }

  get #isAway(): boolean {
    return this.#parts.clock.monotonic() < this.#awayUntil;
  }

  /**
   * Items become due by their document or by the clock. So if the last check found none due, changes of other models are irrelevant. Otherwise, due
   * items may wait for any model to show their effects.
   */
  #shown(changed: ChangedModels): void {
    if (this.#due > 0 || changed === 'any' || changed.has(this.#work.projection.name)) this.#wake(true);
  }

  /** After a clock change, due times are another moment away. After a step back, decisions that were made ahead of time do not bind. */
  #clockMoved(byMs: number): void {
    if (byMs < 0) this.#toleranceMs = 0;
    this.#wake(true);
  }

  #wake(moved: boolean): void {
    this.#moved ||= moved;
    if (!this.#rest.signal.aborted) this.#rest.abort(WOKEN);
  }

  /** Waits until the models have moved or the next item, or the next retry, is due. */
  async #untilSomethingIsToDo(): Promise<void> {
    const { clock } = this.#parts;
    while (!this.#stopping.signal.aborted) {
      const away = this.#awayUntil - clock.monotonic();
      const due = this.#nextDue === undefined ? Number.POSITIVE_INFINITY : this.#nextDue - clock.now();
      const next = Math.min(due, this.#waiting.nextTry - clock.monotonic());
      if (away <= 0 && (this.#moved || this.#missed || next <= 0)) return;
      this.#rest = new AbortController();
      const pause =
        away > 0 ? away : Math.min(next, due === Number.POSITIVE_INFINITY ? next : MAX_CLOCK_INTERVAL_MS);
      if (pause === Number.POSITIVE_INFINITY) await untilAborted(this.#rest.signal);
      else await clock.sleep(pause, this.#rest.signal);
    }
  }
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
