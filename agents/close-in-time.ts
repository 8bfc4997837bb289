import type { Clock } from '#domain/kernel/ports/clock.js';
import { errorFields, type AgentLog } from './platform/log.js';

export interface CloseInTimeOptions {
  readonly clock: Clock;
  /** Time limit for all steps together, in milliseconds. */
  readonly limitMs: number;
  readonly log: AgentLog;
}

/** Runs the steps in order. Once the limit is reached, it starts the remaining steps without waiting for them. */
export async function closeInTime(
  steps: readonly (() => Promise<unknown>)[],
  { clock, limitMs, log }: CloseInTimeOptions,
): Promise<void> {
  const closed = new AbortController();
  const late = clock.sleep(limitMs, closed.signal);
  for (const step of steps) {
    const done = step().catch((error: unknown) => log.warn(errorFields(error), 'agent.close-failed'));
    await Promise.race([done, late]);
  }
  closed.abort();
}
