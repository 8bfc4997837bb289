import type { AgentProtocol } from '../../nodes/node/events.js';
import type { NodeFault, Orphan, PlacedNode, Placement } from './placement.js';

/** Raise this whenever the records below or the fold change. Snapshots of other versions are discarded. */
export const PLACEMENTS_VERSION = 9;

/**
 * Allocation, job, job version, group, slot, the flags that are set, and the time and revision of the placement, followed by devices and assigned
 * ports if there are any.
 */
export type PlacementRecord = readonly [
  string,
  string,
  number,
  string,
  number,
  readonly Mark[],
  number,
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
  readonly ipAddress?: string;
  readonly faults?: readonly NodeFault[];
  readonly down: boolean;
  readonly hasRun: boolean;
  readonly wantedVersion: number;
  readonly allocations: readonly PlacementRecord[];
  readonly lingering: readonly string[];
}

export type PlacementsRecord =
  | PlacedNodeRecord
  | { readonly kind: 'orphan'; readonly orphan: Orphan }
  | { readonly kind: 'former'; readonly nodeId: string; readonly epoch: number };

interface StoredPlacements {
  readonly nodes: ReadonlyMap<string, PlacedNode>;
  readonly orphans: ReadonlyMap<string, Orphan>;
  readonly formerEpochs: ReadonlyMap<string, number>;
}

export function* recordsOfPlacements({
  nodes,
  orphans,
  formerEpochs,
}: StoredPlacements): Generator<PlacementsRecord> {
  for (const node of nodes.values()) yield recordOfNode(node);
  for (const orphan of orphans.values()) yield { kind: 'orphan', orphan };
  for (const [nodeId, epoch] of formerEpochs) yield { kind: 'former', nodeId, epoch };
}

function recordOfNode({
  nodeId,
  epoch,
  endpoint,
  protocol,
  address,
  ipAddress,
  faults,
  down,
  hasRun,
  wantedVersion,
  allocations,
  lingering,
}: PlacedNode): PlacedNodeRecord {
  return {
    kind: 'node',
    nodeId,
    epoch,
    endpoint,
    protocol,
    ...(address === undefined ? {} : { address }),
    ...(ipAddress === undefined ? {} : { ipAddress }),
    ...(faults.length === 0 ? {} : { faults }),
    down,
    hasRun,
    wantedVersion,
    allocations: [...allocations.values()].map(recordOf),
    lingering: [...lingering],
  };
}

function recordOf(placement: Placement): PlacementRecord {
  const { allocationId, jobId, jobVersion, group, slot, placedAt, revision, gpuDevices, assignedPorts } =
    placement;
  const marks = MARKS.filter((mark) => placement[mark]);
  const always = [allocationId, jobId, jobVersion, group, slot, marks, placedAt, revision] as const;
  if (assignedPorts !== undefined) return [...always, gpuDevices ?? null, assignedPorts];
  return gpuDevices === undefined ? always : [...always, gpuDevices];
}

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
