import { claimEvents } from '#domain/gpu/claim/events.js';
import { jobEvents } from '#domain/jobs/job/events.js';
import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { nodeEvents } from '#domain/nodes/node/events.js';
import { claimConcerned, movesAway } from './gpu-claims.js';
import { projection } from '#domain/kernel/projection.js';
import { CLAIM_GROUP } from '#domain/gpu/claim/index.js';
import type { TaskStatusWord } from '#domain/jobs/job/allocation-status.js';
import { planEvents, type BlockedReason, type ReleaseOutcome } from '#domain/scheduling/plan-log/events.js';

export type ClaimDecision =
  | { readonly kind: 'claimed'; readonly image: string; readonly gpuCount: number }
  | { readonly kind: 'queued'; readonly jobId: string }
  | { readonly kind: 'waiting'; readonly reason: BlockedReason }
  | {
      readonly kind: 'placed';
      readonly nodeId: string;
      readonly devices: readonly number[];
      readonly attempt: number;
    }
  | { readonly kind: 'started'; readonly nodeId: string }
  | {
      readonly kind: 'exited';
      readonly nodeId: string;
      readonly status: TaskStatusWord;
      readonly exitCode: number | null;
      readonly message: string | null;
    }
  | { readonly kind: 'moving'; readonly nodeId: string; readonly because: 'drain' | 'capacity-shrunk' }
  | {
      readonly kind: 'gone';
      readonly nodeId: string;
      readonly outcome: ReleaseOutcome;
      readonly again: boolean;
    }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'released' }
  | { readonly kind: 'ended'; readonly outcome: 'succeeded' | 'failed' };

/** `gpuClaimDecisions`, id = event id. Index: `claim`. */
export interface GpuClaimDecisionDocument {
  readonly claimId: string;
  readonly eventId: string;
  readonly at: number;
  readonly decision: ClaimDecision;
}

const EVENTS = {
  ...claimEvents,
  ...only(jobEvents, 'JobSubmitted', 'JobStopped'),
  ...only(
    planEvents,
    'EvaluationBlocked',
    'AllocationPlaced',
    'AllocationStopRequested',
    'AllocationReleased',
  ),
  ...only(nodeEvents, 'AllocationStarted', 'TaskExited'),
};

export const gpuClaimDecisions = projection<GpuClaimDecisionDocument, typeof EVENTS>({
  name: 'gpuClaimDecisions',
  version: 1,
  events: EVENTS,
  indexes: { claim: (decision) => decision.claimId },
  touches: (event) =>
    claimConcerned(event) === undefined || decisionIn(event) === undefined ? [] : [event.id],
  evolve: (known, event) => {
    const claimId = claimConcerned(event);
    const decision = decisionIn(event);
    if (known !== undefined || claimId === undefined || decision === undefined) return known;
    return { claimId, eventId: event.id, at: event.metadata.at, decision };
  },
});

function decisionIn({ type, data }: RecordedOf<typeof EVENTS>): ClaimDecision | undefined {
  switch (type) {
    case 'GpuClaimed':
      return { kind: 'claimed', image: data.image, gpuCount: data.gpuCount };
    case 'GpuReleased':
      return { kind: 'released' };
    case 'GpuClaimEnded':
      return { kind: 'ended', outcome: data.outcome };
    case 'JobSubmitted':
      return { kind: 'queued', jobId: data.jobId };
    case 'JobStopped':
      return { kind: 'stopping' };
    case 'EvaluationBlocked': {
      const reason = data.reasons[CLAIM_GROUP];
      return reason === undefined ? undefined : { kind: 'waiting', reason };
    }
    case 'AllocationPlaced':
      return {
        kind: 'placed',
        nodeId: data.nodeId,
        devices: Object.values(data.gpuDevices ?? {}).flat(),
        attempt: data.attempt,
      };
    case 'AllocationStopRequested':
      // The claim's own stop is already in its history, so it is not repeated here.
      return movesAway(data.reason)
        ? { kind: 'moving', nodeId: data.nodeId, because: data.reason }
        : undefined;
    case 'AllocationReleased':
      return { kind: 'gone', nodeId: data.nodeId, outcome: data.outcome, again: data.retryAt !== undefined };
    case 'AllocationStarted':
      return { kind: 'started', nodeId: data.nodeId };
    case 'TaskExited':
      return {
        kind: 'exited',
        nodeId: data.nodeId,
        status: data.status,
        exitCode: data.exitCode,
        message: data.message ?? data.error,
      };
  }
}
