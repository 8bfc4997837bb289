import { RESERVED } from '../../scheduling/plan-log/reserved.js';
import { fitNodes, fitsNoNode, openNodes } from '../../scheduling/plan-log/blocked-nodes.js';
import type { BlockedReason } from '../../scheduling/plan-log/events.js';

export const CLAIM_PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Released'] as const;
export type ClaimPhase = (typeof CLAIM_PHASES)[number];

export const CLAIM_REASONS = [
  'NoNodeOnline',
  'NoSuitableNode',
  'ExceedsClusterMax',
  'WaitingForGpu',
  'WaitingForResources',
  'PendingEvaluation',
  'ImagePullFailed',
  'ContainerExited',
  'NodeLost',
  'NodeDrained',
  'GpuLost',
  'ContainerCreating',
  'StartFailed',
] as const;
export type ClaimReason = (typeof CLAIM_REASONS)[number];

export type Ending = 'image' | 'exited' | 'unstarted';

export interface ClaimFacts {
  readonly standing: 'held' | 'released' | 'succeeded' | 'failed';
  readonly evaluated: boolean;
  readonly blocked: BlockedReason | null;
  readonly placement: { readonly running: boolean; readonly ending: Ending | null } | null;
  readonly moved: 'NodeLost' | 'NodeDrained' | 'GpuLost' | null;
}

export function phaseOf({ standing, placement }: ClaimFacts): ClaimPhase {
  switch (standing) {
    case 'released':
      return 'Released';
    case 'succeeded':
      return 'Succeeded';
    case 'failed':
      return 'Failed';
    case 'held':
      return placement?.running === true ? 'Running' : 'Pending';
  }
}

/** Returns `''` if there is nothing to explain: the claim runs where it was first placed, or was released. */
export function reasonOf(facts: ClaimFacts): ClaimReason | '' {
  const phase = phaseOf(facts);
  if (phase === 'Released') return '';
  return CLAIM_REASONS.find((reason) => HOLDS[reason](facts, phase)) ?? '';
}

type Holds = (facts: ClaimFacts, phase: ClaimPhase) => boolean;

const blocked =
  (holds: (reason: BlockedReason) => boolean): Holds =>
  (facts, phase) =>
    phase === 'Pending' && facts.blocked !== null && holds(facts.blocked);

const ended =
  (ending: Ending): Holds =>
  ({ placement }) =>
    placement?.ending === ending;

const HOLDS: Readonly<Record<ClaimReason, Holds>> = {
  NoNodeOnline: blocked((reason) => openNodes(reason) === 0),
  NoSuitableNode: blocked((reason) => fitNodes(reason) === 0),
  ExceedsClusterMax: blocked(fitsNoNode),
  WaitingForGpu: blocked((reason) => (reason.exhausted['gpus'] ?? 0) + (reason.exhausted[RESERVED] ?? 0) > 0),
  WaitingForResources: blocked(() => true),
  PendingEvaluation: ({ evaluated, placement, moved }, phase) =>
    phase === 'Pending' && (!evaluated || (placement === null && moved === null)),
  ImagePullFailed: ended('image'),
  ContainerExited: ended('exited'),
  NodeLost: ({ moved }) => moved === 'NodeLost',
  NodeDrained: ({ moved }) => moved === 'NodeDrained',
  GpuLost: ({ moved }) => moved === 'GpuLost',
  ContainerCreating: ({ placement }, phase) =>
    phase === 'Pending' && placement !== null && placement.ending === null,
  StartFailed: ended('unstarted'),
};
