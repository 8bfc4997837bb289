import type { DefaultLimits, Holder } from '#domain/quota/index.js';
import type { DryRun, DryRunAsked, PortRange, QuotaUsage } from '#domain/scheduling/index.js';
import type { EventStoreHandle } from '#src/engine/event-store/index.js';
import type { SchedulerMetrics, SchedulerTimings } from './scheduler.js';

/** What the scheduler's thread is started with. */
export interface SchedulerStart {
  readonly handle: EventStoreHandle;
  readonly directory: string | undefined;
  readonly instance: string;
  readonly portRange: PortRange | undefined;
  readonly reserves: boolean;
  readonly quotas: DefaultLimits | undefined;
  /** False: it only folds the log, and tells what would be planned. */
  readonly plans: boolean;
}

/** What it says. */
export type SchedulerMessage =
  | { readonly kind: 'metrics'; readonly metrics: SchedulerMetrics; readonly timings: SchedulerTimings }
  | { readonly kind: 'dry-run'; readonly number: number; readonly run: DryRun }
  | { readonly kind: 'quotas'; readonly number: number; readonly usage: readonly QuotaUsage[] }
  | { readonly kind: 'dry-run-failed'; readonly number: number; readonly overloaded: string | undefined; readonly message: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined; readonly stack: string | undefined };

/** What it is told. */
export type SchedulerOrder =
  | { readonly kind: 'stop' }
  /** Answered under its number. `reached`: the log up to there counts, at least. */
  | { readonly kind: 'dry-run'; readonly number: number; readonly asked: DryRunAsked; readonly reached: bigint | undefined }
  /** Answered under its number. `holders`: absent: all who hold something. */
  | { readonly kind: 'quotas'; readonly number: number; readonly holders: readonly Holder[] | undefined; readonly reached: bigint | undefined };
