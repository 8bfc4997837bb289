import { USAGE_POINT_SECONDS, type UsagePoint } from '#domain/protocol/index.js';
import type { UsagePoints } from './usage-points.js';

export interface UsageSample {
  readonly cpuSeconds?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly memoryPeakBytes?: number | undefined;
}

export const POINTS = 3600 / USAGE_POINT_SECONDS;
const POINT_MS = USAGE_POINT_SECONDS * 1000;
const HOUR_MS = POINTS * POINT_MS;
const MEBIBYTE = 1_048_576;
/** Minimum interval for computing a rate, in milliseconds. Shorter intervals are too imprecise. */
const SHORTEST_MS = 900;

export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

interface Interval {
  readonly start: number;
  end: number;
  readonly cpuAtStart: number | undefined;
  cpu: number | undefined;
  memoryBytes: number;
  samples: number;
}

export class UsageHistory {
  readonly #intervals: Interval[] = [];
  #open: Interval | undefined;
  readonly #kept: UsagePoints | undefined;
  /** Points recorded by earlier agents. They are loaded lazily, because most tasks end before their points are read. */
  #former: readonly UsagePoint[] | undefined;

  constructor(kept?: UsagePoints) {
    this.#kept = kept;
  }

  add({ cpuSeconds, memoryBytes }: UsageSample, at: number): void {
    const open = (this.#open ??= {
      start: at,
      end: at,
      cpuAtStart: cpuSeconds,
      cpu: cpuSeconds,
      memoryBytes: 0,
      samples: 0,
    });
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

  points(now: Moment): readonly UsagePoint[] {
    const former = this.#formerPoints().filter(({ timestamp }) => now.wall - timestamp * 1000 <= HOUR_MS);
    const known = this.#open === undefined ? this.#intervals : [...this.#intervals, this.#open];
    const own = known
      .filter(({ start, end }) => end - start >= SHORTEST_MS && now.monotonic - end <= HOUR_MS)
      .map((interval) => pointOf(interval, now));
    return [...former, ...own];
  }

  #formerPoints(): readonly UsagePoint[] {
    return (this.#former ??= this.#kept?.read() ?? []);
  }
}

function pointOf({ start, end, cpuAtStart, cpu, memoryBytes, samples }: Interval, now: Moment): UsagePoint {
  return {
    timestamp: Math.round(now.wall - (now.monotonic - end)) / 1000,
    ...(cpu !== undefined &&
      cpuAtStart !== undefined && {
        cpu: Math.max(0, Math.round(((cpu - cpuAtStart) * 1_000_000) / (end - start))),
      }),
    ...(samples > 0 && { memory_mb: Math.round((memoryBytes / samples / MEBIBYTE) * 10) / 10 }),
  };
}
