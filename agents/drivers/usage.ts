import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ReportedUsage, UsagePoint } from '#domain/protocol/index.js';
import type { TaskSpec } from './driver.js';
import { UsagePoints } from './usage-points.js';
import { POINTS, UsageHistory, type Moment, type UsageSample } from './usage-history.js';

const MEBIBYTE = 1_048_576;
const CPU_OF_HOST = availableParallelism() * 1000;
/** Minimum interval for computing a rate, in milliseconds. Shorter intervals are too imprecise, because the kernel counts in ticks. */
const SHORTEST_INTERVAL_MS = 100;

/**
 * Peak and average usage of a task. Average memory is weighted by the time between samples. Average CPU is total CPU time divided by total time.
 * Peaks are the host's own if it records them, otherwise the largest sample.
 */
export class UsageMeter {
  #memoryPeak: number | undefined;
  #memoryIntegral = 0;
  #memoryTime = 0;
  #memoryLast: number | undefined;
  #cpuPeak: number | undefined;
  #cpuTotal: number | undefined;
  #last: { at: number; cpuSeconds: number } | undefined;
  #lastAt: number | undefined;
  readonly #history: UsageHistory;

  constructor(kept?: UsagePoints) {
    this.#history = new UsageHistory(kept);
  }

  add(sample: UsageSample, at: number): void {
    const { cpuSeconds, memoryBytes, memoryPeakBytes } = sample;
    this.#history.add(sample, at);
    if (memoryBytes !== undefined) {
      if (this.#lastAt !== undefined && this.#memoryLast !== undefined) {
        const elapsed = at - this.#lastAt;
        this.#memoryIntegral += ((memoryBytes + this.#memoryLast) / 2) * elapsed;
        this.#memoryTime += elapsed;
      }
      this.#memoryLast = memoryBytes;
      this.#lastAt = at;
    }
    const peak = memoryPeakBytes ?? memoryBytes;
    if (peak !== undefined) this.#memoryPeak = Math.max(this.#memoryPeak ?? 0, peak);
    if (cpuSeconds !== undefined) {
      this.#cpuTotal = Math.max(this.#cpuTotal ?? 0, cpuSeconds);
      if (this.#last === undefined) this.#last = { at, cpuSeconds };
      else if (at - this.#last.at >= SHORTEST_INTERVAL_MS) {
        const rate = ((cpuSeconds - this.#last.cpuSeconds) * 1_000_000) / (at - this.#last.at);
        this.#cpuPeak = Math.max(this.#cpuPeak ?? 0, rate);
        this.#last = { at, cpuSeconds };
      }
    }
  }

  history(now: Moment): readonly UsagePoint[] {
    return this.#history.points(now);
  }

  report(seconds: number): ReportedUsage {
    const memoryAverage =
      this.#memoryTime > 0 ? this.#memoryIntegral / this.#memoryTime : (this.#memoryLast ?? this.#memoryPeak);
    const cpuAverage =
      this.#cpuTotal === undefined || seconds <= 0
        ? undefined
        : (this.#cpuTotal * 1000) / Math.max(seconds, 0.01);
    const cpuPeak = cpuAverage === undefined ? this.#cpuPeak : Math.max(this.#cpuPeak ?? 0, cpuAverage);
    const memoryPeak =
      memoryAverage === undefined ? this.#memoryPeak : Math.max(this.#memoryPeak ?? 0, memoryAverage);
    return {
      ...(memoryPeak === undefined ? {} : { memory_peak_mb: round(memoryPeak / MEBIBYTE, 10) }),
      ...(memoryAverage === undefined ? {} : { memory_average_mb: round(memoryAverage / MEBIBYTE, 10) }),
      ...(cpuPeak === undefined ? {} : { cpu_peak: round(Math.min(cpuPeak, CPU_OF_HOST), 1) }),
      ...(cpuAverage === undefined ? {} : { cpu_average: round(Math.min(cpuAverage, CPU_OF_HOST), 1) }),
      ...(this.#cpuTotal === undefined ? {} : { cpu_seconds: round(this.#cpuTotal, 1000) }),
    };
  }
}

function round(value: number, steps: number): number {
  return Math.max(0, Math.round(value * steps) / steps);
}

export function usagePointsOf({ directory }: Pick<TaskSpec, 'directory'>, clock: Clock): UsagePoints {
  return new UsagePoints(path.join(directory, 'usage'), POINTS, () => clock.now());
}
