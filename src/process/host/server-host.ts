import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { createMetrics, type Metrics } from '#src/engine/metrics/index.js';
import type { ReadinessCheck } from '#src/http/index.js';
import { HealthMonitor, type Dependency } from './health-monitor.js';
import type { Log } from '../output/log.js';
import { Closing } from './closing.js';

/**
 * Passed to every component of a process. Each component registers here how to close it, what ends the process, its health checks and its metrics.
 */
export class ServerHost {
  readonly clock: Clock = systemClock;
  readonly #closing: Closing;
  readonly #checks: (() => ReadinessCheck)[] = [];
  readonly #probes: Dependency[] = [];
  readonly #exports: ((metrics: Metrics) => void)[] = [];
  readonly #failures: Promise<Error>[] = [];
  #monitor: HealthMonitor | undefined;
  #isStopping = false;

  constructor(
    readonly directory: string,
    readonly log: Log,
  ) {
    this.#closing = new Closing(log);
    this.check(() => ({
      name: 'serving',
      ok: !this.#isStopping,
      detail: this.#isStopping ? 'stopping' : 'yes',
    }));
  }

  onClose(name: string, close: () => void | Promise<void>): void {
    this.#closing.add(name, close);
  }

  /** Ends the process once this resolves, because a component that it needs has failed for good. */
  endOn(failure: Promise<Error>): void {
    this.#failures.push(failure);
  }

  /** Resolves with the first failure that ends the process. Call this method once all components are open. */
  failed(): Promise<Error> {
    return Promise.race(this.#failures);
  }

  check(read: () => ReadinessCheck): void {
    this.#checks.push(read);
  }

  probe(dependency: Dependency): void {
    this.#probes.push(dependency);
  }

  measure(add: (metrics: Metrics) => void): void {
    this.#exports.push(add);
  }

  /** Starts probing. Call this method once all components are open. */
  monitorHealth(): void {
    const monitor = new HealthMonitor(this.#probes, {
      clock: this.clock,
      own: () => this.#checks.map((read) => read()),
      onChange: ({ name: check, ok, detail }) => {
        if (this.#isStopping) return;
        if (ok) this.log.info({ code: 'check-passes', check, detail });
        else this.log.warn({ code: 'check-fails', check, problem: detail });
      },
    });
    this.onClose('watch', async () => await monitor.stop());
    this.#monitor = monitor;
  }

  /** Throws before health is monitored, because no checks would look like checks that all pass. */
  readiness(): readonly ReadinessCheck[] {
    if (this.#monitor === undefined) throw new Error('health is not monitored yet');
    return this.#monitor.checks();
  }

  async metrics(): Promise<Metrics> {
    const metrics = await createMetrics(this.clock);
    for (const add of this.#exports) add(metrics);
    return metrics;
  }

  async close(): Promise<void> {
    this.#isStopping = true;
    await this.#closing.run();
  }
}
