import type { PortRange } from '#domain/scheduling/index.js';
import type { EventStoreHandle } from '#src/engine/event-store/index.js';
import type { SchedulerMetrics, SchedulerTimings } from './scheduler.js';

/** What the scheduler's thread is started with. */
export interface SchedulerStart {
  readonly handle: EventStoreHandle;
  readonly directory: string | undefined;
  readonly instance: string;
  readonly portRange: PortRange | undefined;
}

/** What it says. */
export type SchedulerMessage =
  | { readonly kind: 'metrics'; readonly metrics: SchedulerMetrics; readonly timings: SchedulerTimings }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined; readonly stack: string | undefined };

/** What it is told. */
export type SchedulerOrder = { readonly kind: 'stop' };
