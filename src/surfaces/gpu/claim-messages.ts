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
      return `Queued for placement as job ${decision.jobId}.`;
    case 'waiting':
      return waiting(decision.reason);
    case 'placed':
      return `Placed on ${nameOf(decision.nodeId)} with ${devices(decision.devices)}${decision.attempt > 0 ? `; this is attempt ${decision.attempt + 1}` : ''}.`;
    case 'started':
      return `The container is running on ${nameOf(decision.nodeId)}.`;
    case 'exited':
      return exited(decision, nameOf(decision.nodeId));
    case 'moving':
      return moving(decision, nameOf(decision.nodeId));
    case 'gone':
      return gone(decision, nameOf(decision.nodeId));
    case 'stopping':
      return 'The container is being stopped.';
    case 'released':
      return 'Released; it no longer counts against the quota.';
    case 'ended':
      return `${decision.outcome === 'succeeded' ? 'Succeeded' : 'Failed'}; it no longer counts against the quota.`;
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
      return `Waiting (NoNodeOnline): none of ${nodes(blocked.nodes)} is online and accepts work.`;
    case 'NoSuitableNode':
      return `Waiting (NoSuitableNode): no online node can run containers.`;
    case 'ExceedsClusterMax':
      return `Waiting (ExceedsClusterMax): no online node is large enough, even when empty; the closest node needs ${short}.`;
    case 'WaitingForGpu':
      return `Waiting (WaitingForGpu): not enough GPUs are free on one node; the closest node needs ${short}.`;
    default:
      if (blocked.quota !== undefined) return `Waiting (${reason}): ${quotaMessage(blocked.quota)}.`;
      return `Waiting (WaitingForResources): no node has enough free resources; the closest node needs ${short}.`;
  }
}

function exited(
  { status, exitCode, message }: Extract<ClaimDecision, { kind: 'exited' }>,
  node: string,
): string {
  if (status === 'stopped') return `The container on ${node} was stopped.`;
  const how = exitCode === null ? 'did not run' : `exited with code ${exitCode}`;
  return `The container on ${node} ${how}${message === null || message === '' || message === how ? '' : `: ${message}`}.`;
}

function moving({ because }: Extract<ClaimDecision, { kind: 'moving' }>, node: string): string {
  return `Moving away from ${node}, which ${because === 'drain' ? 'is being drained' : 'has fewer GPUs than before: one failed or is no longer offered'}.`;
}

function gone({ outcome, again }: Extract<ClaimDecision, { kind: 'gone' }>, node: string): string {
  if (outcome === 'lost')
    return `Lost (NodeLost): ${node} stopped reporting, or no longer has the container${again ? '; it will be placed on another node' : ''}.`;
  return `The GPUs on ${node} are free again.`;
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
