import { RESERVED } from '../plan-log/reserved.js';
import { fitNodes, fitsNoNode, openNodes } from '../plan-log/blocked-nodes.js';
import type { BlockedReason } from '../plan-log/events.js';

export const CLAIM_PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Released'] as const;
export type ClaimPhase = (typeof CLAIM_PHASES)[number];

/** Why a claim is as it is. The first that holds is told: this order is the precedence. */
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

/** How a claim's container ended: its image did not come, it ran and exited, or it could not be started. */
export type Ending = 'image' | 'exited' | 'unstarted';

/** What phase and reason are made of. */
export interface ClaimFacts {
  readonly standing: 'held' | 'released' | 'succeeded' | 'failed';
  /** The scheduler has answered at least once. */
  readonly evaluated: boolean;
  /** Why it cannot be placed. */
  readonly blocked: BlockedReason | null;
  /** What holds its slot; null: nothing yet, or nothing any more. */
  readonly placement: { readonly running: boolean; readonly ending: Ending | null } | null;
  /** Why it is, or is to be, elsewhere than it was. */
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

/** The reason, or `''` where there is nothing to explain: it runs where it was put first, or somebody released it. */
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
  PendingEvaluation: ({ evaluated, placement, moved }, phase) => phase === 'Pending' && (!evaluated || (placement === null && moved === null)),
  ImagePullFailed: ended('image'),
  ContainerExited: ended('exited'),
  NodeLost: ({ moved }) => moved === 'NodeLost',
  NodeDrained: ({ moved }) => moved === 'NodeDrained',
  GpuLost: ({ moved }) => moved === 'GpuLost',
  ContainerCreating: ({ placement }, phase) => phase === 'Pending' && placement !== null && placement.ending === null,
  StartFailed: ended('unstarted'),
};
