import { USAGE_POINT_SECONDS, type UsagePoint } from '#domain/protocol/index.js';
import type { UsagePoints } from './usage-points.js';

/** One measurement of a task. */
export interface UsageSample {
  /** All cpu so far. */
  readonly cpuSeconds?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** The host's own record of the peak, where it keeps one. */
  readonly memoryPeakBytes?: number | undefined;
}

/** Of an hour. */
export const POINTS = 3600 / USAGE_POINT_SECONDS;
const POINT_MS = USAGE_POINT_SECONDS * 1000;
const HOUR_MS = POINTS * POINT_MS;
const MEBIBYTE = 1_048_576;
/** Shorter than this, an interval says nothing of a rate. */
const SHORTEST_MS = 900;

/** One moment by both clocks, in milliseconds: the one that never jumps, and since the epoch. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

interface Interval {
  /** Milliseconds of the clock that never jumps. */
  readonly start: number;
  end: number;
  readonly cpuAtStart: number | undefined;
  cpu: number | undefined;
  memoryBytes: number;
  samples: number;
}

/** What a task used over the last hour, a point for each half minute. */
export class UsageHistory {
  readonly #intervals: Interval[] = [];
  #open: Interval | undefined;
  readonly #kept: UsagePoints | undefined;
  /** Of agents before; undefined: not read yet. Most tasks are over before anybody needs them. */
  #former: readonly UsagePoint[] | undefined;

  /** `kept`: where points outlive the agent; absent: they begin anew with it. */
  constructor(kept?: UsagePoints) {
    this.#kept = kept;
  }

  /** `at`: milliseconds of a clock that never jumps. */
  add({ cpuSeconds, memoryBytes }: UsageSample, at: number): void {
    const open = (this.#open ??= { start: at, end: at, cpuAtStart: cpuSeconds, cpu: cpuSeconds, memoryBytes: 0, samples: 0 });
    open.end = at;
    open.cpu = cpuSeconds ?? open.cpu;
    if (memoryBytes !== undefined) {
      open.memoryBytes += memoryBytes;
      open.samples += 1;
    }
    if (at - open.start < POINT_MS) return;
    this.#intervals.push(open);
    this.#formerPoints();
    this.#kept?.add(pointOf(open, { monotonic: at, wall: this.#kept.wall() }));
    if (this.#intervals.length > POINTS) this.#intervals.shift();
    this.#open = { start: at, end: at, cpuAtStart: open.cpu, cpu: open.cpu, memoryBytes: 0, samples: 0 };
  }

  /** Oldest first, the last one of an interval that is not over. */
  points(now: Moment): readonly UsagePoint[] {
    const former = this.#formerPoints().filter(({ timestamp }) => now.wall - timestamp * 1000 <= HOUR_MS);
    const known = this.#open === undefined ? this.#intervals : [...this.#intervals, this.#open];
    const own = known.filter(({ start, end }) => end - start >= SHORTEST_MS && now.monotonic - end <= HOUR_MS).map((interval) => pointOf(interval, now));
    return [...former, ...own];
  }

  #formerPoints(): readonly UsagePoint[] {
    return (this.#former ??= this.#kept?.read() ?? []);
  }
}

function pointOf({ start, end, cpuAtStart, cpu, memoryBytes, samples }: Interval, now: Moment): UsagePoint {
  return {
    timestamp: Math.round(now.wall - (now.monotonic - end)) / 1000,
    ...(cpu !== undefined && cpuAtStart !== undefined && { cpu: Math.max(0, Math.round(((cpu - cpuAtStart) * 1_000_000) / (end - start))) }),
    ...(samples > 0 && { memory_mb: Math.round((memoryBytes / samples / MEBIBYTE) * 10) / 10 }),
  };
}
