import { plural } from '#domain/kernel/plural.js';
import { reasonOf } from '#domain/gpu/claim/index.js';
import { assertNever } from '#domain/kernel/errors/index.js';
import type { BlockedReason } from '#domain/scheduling/plan-log/events.js';
import { quotaMessage } from '#domain/accounts/quota/index.js';
import type { ClaimDecision } from '#projections/gpu/gpu-claim-decisions.js';

/** Explains the decision to the claimant. `nameOf` returns a node's display name. */
export function decisionMessage(decision: ClaimDecision, nameOf: (nodeId: string) => string): string {
  switch (decision.kind) {
    case 'claimed':
      return `Claimed ${gpus(decision.gpuCount)} for ${decision.image}; this counts against the quota.`;
    case 'queued':
      return `Queued to be placed, as job ${decision.jobId}.`;
    case 'waiting':
      return waiting(decision.reason);
    case 'placed':
      return `Placed on ${nameOf(decision.nodeId)} with ${devices(decision.devices)}${decision.attempt > 0 ? `; this is attempt ${decision.attempt + 1}` : ''}.`;
    case 'started':
      return `Its container runs on ${nameOf(decision.nodeId)}.`;
    case 'exited':
      return exited(decision, nameOf(decision.nodeId));
    case 'moving':
      return moving(decision, nameOf(decision.nodeId));
    case 'gone':
      return gone(decision, nameOf(decision.nodeId));
    case 'stopping':
      return 'Its container is stopped.';
    case 'released':
      return 'Released; it does not count against the quota any more.';
    case 'ended':
      return `${decision.outcome === 'succeeded' ? 'Ended with success' : 'Ended with failure'}; it does not count against the quota any more.`;
    default:
      return assertNever(decision);
  }
}

function waiting(blocked: BlockedReason): string {
  const reason = reasonOf({ standing: 'held', evaluated: true, blocked, placement: null, moved: null });
  const short = Object.entries(blocked.short)
    .map(([dimension, amount]) => `${amount} more ${dimension}`)
    .join(', ');
  switch (reason) {
    case 'NoNodeOnline':
      return `Waits (NoNodeOnline): of ${nodes(blocked.nodes)} none is online and takes work.`;
    case 'NoSuitableNode':
      return `Waits (NoSuitableNode): none of the nodes that are online runs containers.`;
    case 'ExceedsClusterMax':
      return `Waits (ExceedsClusterMax): no node that is online is large enough, even with nothing else on it; the nearest lacks ${short}.`;
    case 'WaitingForGpu':
      return `Waits (WaitingForGpu): not enough GPUs are free on one node; the nearest lacks ${short}.`;
    default:
      if (blocked.quota !== undefined) return `Waits (${reason}): ${quotaMessage(blocked.quota)}.`;
      return `Waits (WaitingForResources): no node has enough free; the nearest lacks ${short}.`;
  }
}

function exited(
  { status, exitCode, message }: Extract<ClaimDecision, { kind: 'exited' }>,
  node: string,
): string {
  if (status === 'stopped') return `Its container on ${node} was stopped.`;
  const how = exitCode === null ? 'did not run' : `exited with code ${exitCode}`;
  return `Its container on ${node} ${how}${message === null || message === '' || message === how ? '' : `: ${message}`}.`;
}

function moving({ because }: Extract<ClaimDecision, { kind: 'moving' }>, node: string): string {
  return `Moves away from ${node}, which ${because === 'drain' ? 'is drained' : 'has fewer GPUs than it had: one failed, or is not lent any more'}.`;
}

function gone({ outcome, again }: Extract<ClaimDecision, { kind: 'gone' }>, node: string): string {
  if (outcome === 'lost')
    return `Lost (NodeLost): ${node} is not heard any more, or knows the container no more${again ? '; it is placed on another node' : ''}.`;
  return `Its GPUs on ${node} are free again.`;
}

function gpus(count: number): string {
  return plural(count, 'GPU');
}

function nodes(count: number): string {
  return plural(count, 'node');
}

function devices(indexes: readonly number[]): string {
  return `${indexes.length === 1 ? 'GPU' : 'GPUs'} ${indexes.join(', ')}`;
}
