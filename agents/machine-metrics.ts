import { arch, availableParallelism, hostname, loadavg, platform, release, totalmem, uptime } from 'node:os';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AgentMetrics } from '#domain/protocol/index.js';
import type { GpuReader } from './fingerprint/gpus.js';
import { ObservedUsage } from './fingerprint/observed-usage.js';

const MEBIBYTE = 1_048_576;
/** Shorter than the timeout of requests that come through a server, which is three seconds. */
const GPU_LIMIT_MS = 2000;
const FRESH_MS = 1000;

export class MachineMetrics {
  readonly #nodeId: string;
  readonly #clock: Clock;
  readonly #gpus: GpuReader;
  /** A separate reader, because a reader reports the mean since its last call, and other callers would shorten that interval. */
  readonly #observed = new ObservedUsage();
  #document: Promise<AgentMetrics> | undefined;
  #staleAt = 0;

  constructor(nodeId: string, clock: Clock, gpus: GpuReader) {
    this.#nodeId = nodeId;
    this.#clock = clock;
    this.#gpus = gpus;
  }

  read(): Promise<AgentMetrics> {
    if (this.#document === undefined || this.#clock.monotonic() >= this.#staleAt) {
      this.#staleAt = Infinity;
      this.#document = this.#measure().finally(() => (this.#staleAt = this.#clock.monotonic() + FRESH_MS));
    }
    return this.#document;
  }

  async #measure(): Promise<AgentMetrics> {
    const { gpus, problem } = await this.#gpus.read(GPU_LIMIT_MS);
    const { cpu_used: cpu, memory_used: memory } = this.#observed.read();
    const total = Math.round(totalmem() / MEBIBYTE);
    return {
      node_id: this.#nodeId,
      cpu_usage_percent: percent(cpu, availableParallelism() * 1000),
      memory_usage_percent: percent(memory, total),
      gpus: gpus.map(({ fault: _fault, ...gpu }) => gpu),
      system: {
        timestamp: this.#clock.now() / 1000,
        hostname: hostname(),
        os: platform(),
        kernel: release(),
        arch: arch(),
        cpu_cores: availableParallelism(),
        load_average: loadavg(),
        memory_total_mb: total,
        memory_used_mb: memory,
        uptime_seconds: Math.round(uptime()),
        gpu_problem: problem ?? null,
      },
    };
  }
}

function percent(part: number, whole: number): number {
  return Math.min(100, Math.max(0, Math.round((part / whole) * 1000) / 10));
}
