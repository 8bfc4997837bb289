import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { Durations, type DurationsSnapshot } from './durations.js';

export const APPEND_OUTCOMES = ['appended', 'conflict', 'busy', 'full', 'unavailable', 'refused'] as const;
export type AppendOutcome = (typeof APPEND_OUTCOMES)[number];

export type AppendSnapshots = Readonly<Partial<Record<AppendOutcome, DurationsSnapshot>>>;

export class AppendDurations {
  readonly #byOutcome = new Map<AppendOutcome, Durations>();
  underWay = 0;

  sent(clock: Pick<Clock, 'monotonic'>): (outcome: AppendOutcome) => void {
    const began = clock.monotonic();
    this.underWay += 1;
    return (outcome) => {
      this.underWay -= 1;
      this.observe(outcome, (clock.monotonic() - began) / 1000);
    };
  }

  observe(outcome: AppendOutcome, seconds: number): void {
    let durations = this.#byOutcome.get(outcome);
    if (durations === undefined) this.#byOutcome.set(outcome, (durations = new Durations()));
    durations.observe(seconds);
  }

  snapshots(): AppendSnapshots {
    return Object.fromEntries(
      [...this.#byOutcome].map(([outcome, durations]) => [outcome, durations.snapshot()]),
    );
  }
}

export function outcomeOf(error: unknown): AppendOutcome {
  if (!isMusterError(error)) return 'refused';
  switch (error.code) {
    case 'MUSTER_E_WRONG_REVISION':
      return 'conflict';
    case 'MUSTER_E_STORE_BUSY':
      return 'busy';
    case 'MUSTER_E_STORE_FULL':
      return 'full';
    case 'MUSTER_E_STORE_UNAVAILABLE':
      return 'unavailable';
    default:
      return 'refused';
  }
}
