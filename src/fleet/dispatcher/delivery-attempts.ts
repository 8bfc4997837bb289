import { backOff, UNTOUCHED, type Dealings } from '#domain/dispatch/next-step.js';
import type { Clock } from '#domain/ports/clock.js';
import { ABSENCES_APART, type Delays } from './options.js';

/** What one node's queue remembers of its dealings, by allocation. */
export class DeliveryAttempts {
  readonly #entries = new Map<string, Dealings>();

  constructor(
    private readonly clock: Clock,
    private readonly retry: Delays,
  ) {}

  of(allocationId: string): Dealings {
    return this.#entries.get(allocationId) ?? UNTOUCHED;
  }

  has(allocationId: string): boolean {
    return this.#entries.has(allocationId);
  }

  change(allocationId: string, change: Partial<Dealings>): void {
    this.#entries.set(allocationId, { ...this.of(allocationId), ...change });
  }

  forget(allocationId: string): void {
    this.#entries.delete(allocationId);
  }

  /** It brought nothing: to be tried again, later each time. */
  failed(allocationId: string, change: Partial<Dealings> = {}, delays = this.retry): void {
    const failures = this.of(allocationId).failures + 1;
    this.change(allocationId, { ...change, failures, notBefore: this.after(failures, delays) });
  }

  /** Monotonic milliseconds of the next try after so many failures. */
  after(failures: number, { first, most }: Delays): number {
    return this.clock.monotonic() + backOff(failures, first, most);
  }

  /** The agent did not name it. Answers whether that was so `times` times in a row, each time {@link ABSENCES_APART} after the former. */
  absent(allocationId: string, times: number): boolean {
    const { absences, absentAt } = this.of(allocationId);
    const now = this.clock.monotonic();
    if (absences > 0 && now - absentAt < ABSENCES_APART) return absences >= times;
    this.change(allocationId, { absences: absences + 1, absentAt: now });
    return absences + 1 >= times;
  }

  present(allocationId: string): void {
    if (this.of(allocationId).absences > 0) this.change(allocationId, { absences: 0 });
  }
}
