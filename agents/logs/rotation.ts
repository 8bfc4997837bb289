import { statSync, watch, type FSWatcher } from 'node:fs';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { LogBounds, Pause, RotatedLog } from './rotated-log.js';

const ROTATION_MS = 500;
const GROWING_MS = 20;
const ROTATION_MS_PER_LOG = 1;
/** A log that has not grown for this many milliseconds is watched through notifications again. */
const QUIET_MS = 500;
const FAST_FILL_MS = 250;
const FAST_MS = 2;
const LATE_MS = 60;

interface Rotating {
  readonly file: string;
  readonly log: RotatedLog;
  readonly pause: Pause;
  watcher: FSWatcher | undefined;
  growing: boolean;
  size: number;
  fast: boolean;
  grownAt: number;
  lookedAt: number;
}

/** Rotates the logs of running tasks. Quiet logs are watched through kernel notifications, so that sudden growth is detected immediately. */
export class LogRotation {
  readonly #logs = new Map<string, Rotating>();
  #wake = new AbortController();

  constructor(
    private readonly clock: Clock,
    private readonly bounds: LogBounds,
  ) {}

  add(file: string, log: RotatedLog, pause: Pause): void {
    const now = this.clock.monotonic();
    const rotating: Rotating = {
      file,
      log,
      pause,
      watcher: undefined,
      growing: false,
      fast: false,
      size: 0,
      grownAt: now,
      lookedAt: now,
    };
    this.#logs.set(file, rotating);
    this.#watch(rotating);
    this.#grows(rotating);
  }

  async remove(file: string): Promise<void> {
    const rotating = this.#logs.get(file);
    this.#logs.delete(file);
    rotating?.watcher?.close();
    await rotating?.log.rotate().catch(() => undefined);
  }

  async run(signal: AbortSignal): Promise<void> {
    let allAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      const all = this.clock.monotonic() - allAt >= this.#pauseMs();
      if (all) allAt = this.clock.monotonic();
      for (const rotating of [...this.#logs.values()])
        if (all || rotating.growing) await this.#check(rotating);
      const logs = [...this.#logs.values()];
      const growing = logs.filter((each) => each.growing).length;
      const soonest = logs.some(({ growing: grows, fast }) => grows && fast) ? FAST_MS : GROWING_MS;
      this.#wake = new AbortController();
      await this.clock.sleep(
        growing > 0 ? Math.max(soonest, growing) : this.#pauseMs(),
        AbortSignal.any([signal, this.#wake.signal]),
      );
    }
    for (const { watcher } of this.#logs.values()) watcher?.close();
  }

  #pauseMs(): number {
    return Math.max(ROTATION_MS, this.#logs.size * ROTATION_MS_PER_LOG);
  }

  async #check(rotating: Rotating): Promise<void> {
    const { file, log, pause } = rotating;
    const { maxBytes } = this.bounds;
    const now = this.clock.monotonic();
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size !== rotating.size) rotating.grownAt = now;
    else if (rotating.growing && now - rotating.grownAt > QUIET_MS) this.#watch(rotating);
    const bytesPerMs = Math.max(0, size - rotating.size) / Math.max(1, now - rotating.lookedAt);
    rotating.fast = size > 2 * maxBytes || bytesPerMs * FAST_FILL_MS > maxBytes;
    rotating.size = size;
    rotating.lookedAt = now;
    if (size <= maxBytes) return;
    await (rotating.fast ? log.rotate(pause, bytesPerMs * LATE_MS) : log.rotate()).catch(() => undefined);
    rotating.size = 0;
    rotating.lookedAt = this.clock.monotonic();
  }

  #watch(rotating: Rotating): void {
    rotating.growing = false;
    try {
      rotating.watcher = watch(rotating.file, { persistent: false }, () => this.#grows(rotating));
      rotating.watcher.on('error', () => this.#grows(rotating));
    } catch {
      // This user's limit of watched files in the kernel is reached, so poll instead.
    }
  }

  #grows(rotating: Rotating): void {
    rotating.watcher?.close();
    rotating.watcher = undefined;
    rotating.growing = true;
    this.#wake.abort();
  }
}
