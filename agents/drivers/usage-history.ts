import { USAGE_POINT_SECONDS, type UsagePoint } from '#domain/protocol/index.js';

/** One measurement of a task. */
export interface UsageSample {
  /** All cpu so far. */
  readonly cpuSeconds?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** The host's own record of the peak, where it keeps one. */
  readonly memoryPeakBytes?: number | undefined;
}

const POINTS = 3600 / USAGE_POINT_SECONDS;
const POINT_MS = USAGE_POINT_SECONDS * 1000;
const MEBIBYTE = 1_048_576;
/** Shorter than this, an interval says nothing of a rate. */
const SHORTEST_MS = 900;

interface Interval {
  /** Milliseconds of the clock that never jumps. */
  readonly start: number;
  end: number;
  readonly cpuAtStart: number | undefined;
  cpu: number | undefined;
  memoryBytes: number;
  samples: number;
}

/** What a task used over the last hour of this agent, a point for each half minute. It is kept in memory: it begins anew with the agent. */
export class UsageHistory {
  readonly #intervals: Interval[] = [];
  #open: Interval | undefined;

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
    if (this.#intervals.length > POINTS) this.#intervals.shift();
    this.#open = { start: at, end: at, cpuAtStart: open.cpu, cpu: open.cpu, memoryBytes: 0, samples: 0 };
  }

  /** Oldest first, the last one of an interval that is not over. `now`: the same moment by the clock that never jumps, and in Unix milliseconds. */
  points(now: { readonly monotonic: number; readonly wall: number }): readonly UsagePoint[] {
    const known = this.#open === undefined ? this.#intervals : [...this.#intervals, this.#open];
    return known
      .filter(({ start, end }) => end - start >= SHORTEST_MS && now.monotonic - end <= POINTS * POINT_MS)
      .map(({ start, end, cpuAtStart, cpu, memoryBytes, samples }) => ({
        timestamp: Math.round(now.wall - (now.monotonic - end)) / 1000,
        ...(cpu !== undefined && cpuAtStart !== undefined && { cpu: Math.max(0, Math.round(((cpu - cpuAtStart) * 1_000_000) / (end - start))) }),
        ...(samples > 0 && { memory_mb: Math.round((memoryBytes / samples / MEBIBYTE) * 10) / 10 }),
      }));
  }
}
