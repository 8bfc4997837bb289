import { untilAborted } from '#agents/platform/clock/until-aborted.js';
import type { Logger } from 'pino';
import { isMusterError, type ErrorCode } from '#domain/kernel/errors/index.js';
import { DUE_IMMEDIATELY, type WorkStep } from '#domain/work/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type {
  ReadModels,
  StoredDocument,
  ChangedModels,
  ChangeSource,
} from '#domain/kernel/ports/read-models.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { ClockWatch } from '#src/engine/clock-watch.js';
import type { AnyOwnedWork } from './owned-work.js';
import { settle } from './settle.js';
import { PARKED_AFTER, backoffAfter, WaitingItems } from './waiting-items.js';

export interface WorkLoopParts {
  readonly executor: CommandExecutor;
  /** Where the causes of items are looked up. */
  readonly eventStore: Pick<EventStore, 'readStream'>;
  readonly readModels: ReadModels;
  readonly changes: ChangeSource;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  /** Reports changes of the wall clock. If undefined, the clock never changes. */
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

/** An item of the read model. Its document is undefined if it cannot be parsed. */
interface Item {
  readonly id: string;
  readonly document: unknown;
  readonly toleranceMs?: number | undefined;
}

const DEFAULT_CONCURRENCY = 32;
/** Minimum time between checks, in milliseconds, no matter how busy the log is. */
const MIN_INTERVAL_MS = 50;
/** Maximum share of the time that checks may take if they find no work. */
const IDLE_SHARE = 0.2;
/** Maximum time between checks while an item is waiting for the wall clock, in milliseconds. Limited because the clock can be set. */
const MAX_CLOCK_INTERVAL_MS = 60_000;
const CLOCK_TOLERANCE_MS = 60_000;
/** A constant abort reason: otherwise each wake-up would create an error with a stack trace. */
const WOKEN = 'woken';
const MAX_OUTAGE_BACKOFF_MS = 8_000;

const OUTAGES: readonly ErrorCode[] = [
  'MUSTER_E_STORE_UNAVAILABLE',
  'MUSTER_E_STORE_BUSY',
  'MUSTER_E_STORE_FULL',
  'MUSTER_E_LOG_INCOMPLETE',
  'MUSTER_E_READ_MODEL_UNAVAILABLE',
  'MUSTER_E_OVERLOADED',
  'MUSTER_E_CLUSTER_LEVEL',
];

/**
 * Keeps the jobs of one surface in the state that the surface requires: creates, updates, stops and finally forgets them. It runs when the read
 * models have advanced, and when the clock reaches the earliest time in the index `due`, so an idle log causes no work. It holds no essential state:
 * after a crash, or with several servers, each item is decided again from its streams.
 */
export class WorkLoop {
  readonly #work: AnyOwnedWork;
  readonly #parts: WorkLoopParts;
  readonly #waiting: WaitingItems;
  readonly #busy = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #rest = new AbortController();
  #freed = (): void => undefined;
  #moved = true;
  #missed = false;
  #outages = 0;
  #awayUntil = 0;
  #toleranceMs: number | undefined = CLOCK_TOLERANCE_MS;
  /** Milliseconds since the epoch. Undefined if nothing is waiting for the clock. */
  #nextDue: number | undefined;
  #due = 0;
  #oldestDue = 0;
  #failures = 0;
  readonly #steps = { settle: 0, begin: 0, update: 0, stop: 0, forget: 0 };

  constructor(work: AnyOwnedWork, parts: WorkLoopParts) {
    this.#work = work;
    this.#parts = parts;
    this.#waiting = new WaitingItems(parts.clock);
    const leave = [
      parts.changes.onMoved((changed) => this.#shown(changed)),
      parts.clockWatch?.onMoved((byMs) => this.#clockMoved(byMs)),
    ];
    this.#stopping.signal.addEventListener('abort', () => leave.forEach((each) => each?.()), { once: true });
    this.#running = this.#run();
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

  async #look(): Promise<number> {
    const { readModels, clock } = this.#parts;
    this.#waiting.beginLook();
    let [due, begins, oldest, next, whole] = [0, 0, clock.now(), undefined as number | undefined, true];
    const toleranceMs = this.#work.isAhead === undefined ? undefined : this.#toleranceMs;
    this.#toleranceMs = undefined;
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

  /** Starts to process an item once a slot is free. `shown`: the position of the read models when the item was read. Returns false if it must wait. */
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
    // At startup, the read models are still being built, which is no reason for a warning.
    if (this.#outages > 1 || !isMusterError(error, 'MUSTER_E_READ_MODEL_UNAVAILABLE'))
      logger.warn({ code: 'work-not-seen', work: this.#work.name, problem: problemOf(error) });
  }

  get #isAway(): boolean {
    return this.#parts.clock.monotonic() < this.#awayUntil;
  }

  /**
   * An item becomes due through a change to its document or through the clock, so changes to other models are irrelevant if the last check found no
   * due item. A due item may be waiting for any model to show the effects of its last action.
   */
  #shown(changed: ChangedModels): void {
    if (this.#due > 0 || changed === 'any' || changed.has(this.#work.projection.name)) this.#wake(true);
  }

  #clockMoved(byMs: number): void {
    if (byMs < 0) this.#toleranceMs = 0;
    this.#wake(true);
  }

  #wake(moved: boolean): void {
    this.#moved ||= moved;
    if (!this.#rest.signal.aborted) this.#rest.abort(WOKEN);
  }

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
