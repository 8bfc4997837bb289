import type { JobSpecification } from '#domain/jobs/job/specification.js';
import type { BranchComparison, Fit } from '#domain/scheduling/branch/index.js';
import type { ErrorCode } from '#domain/kernel/errors/index.js';

export interface AskedJob {
  readonly jobId: string;
  readonly evaluationId: string;
  readonly specification: JobSpecification;
}

export type WhatIfChange =
  | { readonly kind: 'drain'; readonly node: string }
  | { readonly kind: 'down'; readonly node: string }
  | { readonly kind: 'eligible'; readonly node: string; readonly eligible: boolean }
  | { readonly kind: 'addNodes'; readonly like: string; readonly count: number }
  | ({ readonly kind: 'submit' } & AskedJob)
  | { readonly kind: 'stop'; readonly job: string }
  | { readonly kind: 'priority'; readonly job: string; readonly priority: number }
  /** Changes nothing: computes how many such jobs fit after all other changes. */
  | { readonly kind: 'fit'; readonly specification: JobSpecification };

export interface WhatIfQuestion {
  readonly position: bigint | undefined;
  readonly now: number;
  readonly changes: readonly WhatIfChange[];
  readonly horizonMs: number;
  readonly limit: number;
}

/** Events after the basis. `more`: whether there are more than `events`. */
export interface SinceBasis {
  readonly events: number;
  readonly more: boolean;
}

export interface WhatIfAnswer {
  readonly basis: bigint | undefined;
  readonly sinceBasis: SinceBasis;
  /** Why the result is incomplete. Undefined if it is complete. */
  readonly unsettled: 'events' | 'time' | undefined;
  /** Simulated time that passed in the branch, in milliseconds. */
  readonly elapsedMs: number;
  readonly comparison: BranchComparison;
  readonly counts: Readonly<
    Record<'moves' | 'placed' | 'stopped' | 'blocked' | 'unblocked' | 'nodes', number>
  >;
  /** One result for each `fit` change, in the same order. */
  readonly fits: readonly Fit[];
}

/** A refusal is passed between threads as data, because an error would lose its code. */
export type WhatIfReply =
  | { readonly kind: 'told'; readonly answer: WhatIfAnswer }
  | {
      readonly kind: 'refused';
      readonly code: ErrorCode;
      readonly fields: Readonly<Record<string, string | number>>;
    };
