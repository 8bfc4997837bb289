import type { AgentProtocol } from '../node/events.js';
import type { Orphan, PlacedNode, Placement } from './placement.js';

/** Rises with every change of the records below or of what the fold makes of events; a snapshot of another version is worthless. */
export const PLACEMENTS_VERSION = 6;

/** Allocation, job, the job's version, group, slot, the marks that are set, when it was placed, and the devices and the chosen ports where it has any. */
export type PlacementRecord = readonly [
  string,
  string,
  number,
  string,
  number,
  readonly Mark[],
  number,
  (Placement['gpuDevices'] | null)?,
  Placement['assignedPorts']?,
];

const MARKS = ['accepted', 'started', 'stopRequested', 'ended', 'released'] as const;
type Mark = (typeof MARKS)[number];

export interface PlacedNodeRecord {
  readonly kind: 'node';
  readonly nodeId: string;
  readonly epoch: number;
  readonly endpoint: string | null;
  readonly protocol: AgentProtocol;
  readonly address?: string;
  readonly down: boolean;
  readonly hasRun: boolean;
  readonly wantedVersion: number;
  readonly allocations: readonly PlacementRecord[];
  /** Ids among them. */
  readonly lingering: readonly string[];
}

/** One part of a snapshot of the placements, as JSON. */
export type PlacementsRecord =
  PlacedNodeRecord | { readonly kind: 'orphan'; readonly orphan: Orphan } | { readonly kind: 'former'; readonly nodeId: string; readonly epoch: number };

/** What of the placements is kept. */
interface StoredPlacements {
  readonly nodes: ReadonlyMap<string, PlacedNode>;
  readonly orphans: ReadonlyMap<string, Orphan>;
  readonly formerEpochs: ReadonlyMap<string, number>;
}

/** All of the placements, in parts. Equal placements give equal parts. */
export function* recordsOfPlacements({ nodes, orphans, formerEpochs }: StoredPlacements): Generator<PlacementsRecord> {
  for (const node of nodes.values()) yield recordOfNode(node);
  for (const orphan of orphans.values()) yield { kind: 'orphan', orphan };
  for (const [nodeId, epoch] of formerEpochs) yield { kind: 'former', nodeId, epoch };
}

function recordOfNode({ nodeId, epoch, endpoint, protocol, address, down, hasRun, wantedVersion, allocations, lingering }: PlacedNode): PlacedNodeRecord {
  return {
    kind: 'node',
    nodeId,
    epoch,
    endpoint,
    protocol,
    ...(address === undefined ? {} : { address }),
    down,
    hasRun,
    wantedVersion,
    allocations: [...allocations.values()].map(recordOf),
    lingering: [...lingering],
  };
}

function recordOf(placement: Placement): PlacementRecord {
  const { allocationId, jobId, jobVersion, group, slot, placedAt, gpuDevices, assignedPorts } = placement;
  const marks = MARKS.filter((mark) => placement[mark]);
  const always = [allocationId, jobId, jobVersion, group, slot, marks, placedAt] as const;
  if (assignedPorts !== undefined) return [...always, gpuDevices ?? null, assignedPorts];
  return gpuDevices === undefined ? always : [...always, gpuDevices];
}

/** The name of a part, the same in every snapshot. */
export function nameOfPlacementsRecord(record: PlacementsRecord): string {
  switch (record.kind) {
    case 'node':
      return `node ${record.nodeId}`;
    case 'orphan':
      return `orphan ${record.orphan.allocationId}`;
    case 'former':
      return `former epoch of node ${record.nodeId}`;
  }
}
