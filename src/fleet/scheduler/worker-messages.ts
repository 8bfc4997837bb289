import type { DefaultLimits, Holder } from '#domain/accounts/quota/index.js';
import type { DryRun, DryRunRequest, PortRange, QuotaUsage } from '#domain/scheduling/index.js';
import type { EventStoreHandle } from '#src/engine/event-store/index.js';
import type { SchedulerMetrics, SchedulerTimings } from './scheduler.js';

export interface SchedulerStart {
  readonly handle: EventStoreHandle;
  readonly directory: string | undefined;
  readonly instance: string;
  readonly portRange: PortRange | undefined;
  readonly reserves: boolean;
  readonly quotas: DefaultLimits | undefined;
  readonly runStarts: number | undefined;
  readonly plans: boolean;
}

export type SchedulerMessage =
  | { readonly kind: 'metrics'; readonly metrics: SchedulerMetrics; readonly timings: SchedulerTimings }
  | { readonly kind: 'dry-run'; readonly number: number; readonly run: DryRun }
  | { readonly kind: 'quotas'; readonly number: number; readonly usage: readonly QuotaUsage[] }
  | {
      readonly kind: 'dry-run-failed';
      readonly number: number;
      readonly overloaded: string | undefined;
      readonly message: string;
    }
  | { readonly kind: 'stopped' }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly code: string | undefined;
      readonly stack: string | undefined;
    };

export type SchedulerOrder =
  | { readonly kind: 'stop' }
  | {
      readonly kind: 'dry-run';
      readonly number: number;
      readonly asked: DryRunRequest;
      readonly reached: bigint | undefined;
    }
  | {
      readonly kind: 'quotas';
      readonly number: number;
      readonly holders: readonly Holder[] | undefined;
      readonly reached: bigint | undefined;
    };
