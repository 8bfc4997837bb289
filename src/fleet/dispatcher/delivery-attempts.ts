import { backOff } from '#domain/kernel/back-off.js';
import { NOT_ATTEMPTED, type DeliveryAttempt } from '#domain/scheduling/dispatch/next-step.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { MISSED_REPORT_INTERVAL_MS, type Delays } from './options.js';

export class DeliveryAttempts {
  readonly #entries = new Map<string, DeliveryAttempt>();

  constructor(
    private readonly clock: Clock,
    private readonly retry: Delays,
  ) {}

  of(allocationId: string): DeliveryAttempt {
    return this.#entries.get(allocationId) ?? NOT_ATTEMPTED;
  }

  has(allocationId: string): boolean {
    return this.#entries.has(allocationId);
  }

  change(allocationId: string, change: Partial<DeliveryAttempt>): void {
    this.#entries.set(allocationId, { ...this.of(allocationId), ...change });
  }

  forget(allocationId: string): void {
    this.#entries.delete(allocationId);
  }

  failed(allocationId: string, change: Partial<DeliveryAttempt> = {}, delays = this.retry): void {
    const failures = this.of(allocationId).failures + 1;
    this.change(allocationId, { ...change, failures, notBefore: this.after(failures, delays) });
  }

  after(failures: number, { first, most }: Delays): number {
    return this.clock.monotonic() + backOff({ firstMs: first, mostMs: most })(failures);
  }

  /**
   * Records that the agent did not list the allocation. Returns whether it has been missing `times` times in a row, at least {@link
   * MISSED_REPORT_INTERVAL_MS} apart.
   */
  absent(allocationId: string, times: number): boolean {
    const { absences, absentAt } = this.of(allocationId);
    const now = this.clock.monotonic();
    if (absences > 0 && now - absentAt < MISSED_REPORT_INTERVAL_MS) return absences >= times;
    this.change(allocationId, { absences: absences + 1, absentAt: now });
    return absences + 1 >= times;
  }

  present(allocationId: string): void {
    if (this.of(allocationId).absences > 0) this.change(allocationId, { absences: 0 });
  }
}
