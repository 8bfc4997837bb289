import { assertNever, MusterError } from '../kernel/errors/index.js';
import type { Decider } from '../kernel/event/decider.js';
import { volumeErrors } from './errors.js';
import type { CopyOutcome, VolumeEvent, VolumeHolder } from './events.js';

const MAX_OPEN_COPIES = 16;
/** A copy without an end is over after this long, in milliseconds: its server ended before it did. */
const COPY_TIMEOUT_MS = 86_400_000;

export interface VolumeCopy {
  readonly copyId: string;
  readonly kind: 'backup' | 'restore';
  readonly node: string;
}

export type VolumeCommand =
  /** Assigns the volume to a service of its tenant. A volume without a tenant gets the service's tenant, or is refused if `known` is true. */
  | { readonly kind: 'take'; readonly name: string; readonly holder: VolumeHolder; readonly known: boolean }
  | { readonly kind: 'leave'; readonly name: string; readonly serviceId: string; readonly erase: boolean }
  | { readonly kind: 'delete'; readonly name: string }
  | { readonly kind: 'rebind'; readonly name: string; readonly node: string; readonly by: string }
  | { readonly kind: 'startCopy'; readonly name: string; readonly copy: VolumeCopy; readonly at: number }
  | {
      readonly kind: 'endCopy';
      readonly name: string;
      readonly copy: VolumeCopy;
      readonly outcome: CopyOutcome;
      readonly bytes: number;
      readonly problem?: string | undefined;
      readonly sha256?: string | undefined;
    }
  /** The volume was removed from `node`, or was never on a node if `node` is null. `abandoned`: the removal did not wait for the node. */
  | {
      readonly kind: 'settle';
      readonly name: string;
      readonly node: string | null;
      readonly abandoned?: boolean;
    };

export interface VolumeState {
  readonly asked: boolean;
  readonly holder: VolumeHolder | null;
  readonly left: boolean;
  /** Copies that have not ended, oldest first. */
  readonly copies: readonly (VolumeCopy & { readonly startedAt: number })[];
}

export const NO_VOLUME: VolumeState = { asked: false, holder: null, left: false, copies: [] };

/**
 * Records which service holds a volume and whether the volume is to be deleted. The plan log records which containers use it. All commands are
 * idempotent. Throws the errors in `volumeErrors`.
 */
export const volumeDecider: Decider<VolumeCommand, VolumeEvent, VolumeState> = {
  initialState: NO_VOLUME,
  decide(command, state) {
    switch (command.kind) {
      case 'take':
        return taken(command, state);
      case 'leave': {
        const { name, serviceId, erase } = command;
        if (holding(state)?.serviceId !== serviceId) return [];
        return [{ type: 'VolumeLeft', data: { name, serviceId } }, ...(erase ? asked(name, state) : [])];
      }
      case 'delete': {
        const holder = holding(state);
        if (holder !== null)
          throw new MusterError(volumeErrors.MUSTER_E_VOLUME_IN_USE, {
            name: command.name,
            service: holder.serviceName,
          });
        return asked(command.name, state);
      }
      case 'rebind': {
        const { name, node, by } = command;
        if (state.asked) throw new MusterError(volumeErrors.MUSTER_E_VOLUME_GOING, { name });
        return [{ type: 'VolumeRebound', data: { name, node, by } }];
      }
      case 'startCopy':
        return copyStarted(command, state);
      case 'endCopy': {
        const { name, copy, outcome, bytes, problem, sha256 } = command;
        if (!state.copies.some(({ copyId }) => copyId === copy.copyId)) return [];
        const why = problem !== undefined && { problem: problem.slice(0, 1000) };
        const archive = sha256 !== undefined && { sha256 };
        return [{ type: 'VolumeCopyEnded', data: { name, ...copy, outcome, bytes, ...why, ...archive } }];
      }
      case 'settle': {
        const { name, node, abandoned = false } = command;
        return state.asked
          ? [{ type: 'VolumeDeleted', data: { name, node, ...(abandoned && { abandoned }) } }]
          : [];
      }
      default:
        return assertNever(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'VolumeTaken': {
        const { name: _name, ...holder } = event.data;
        return { ...state, holder, left: false };
      }
      case 'VolumeLeft':
        return { ...state, left: true };
      case 'VolumeRebound':
        return state;
      case 'VolumeCopyStarted': {
        const { name: _name, ...copy } = event.data;
        return { ...state, copies: [...state.copies, { ...copy, startedAt: event.metadata.at }] };
      }
      case 'VolumeCopyEnded':
        return { ...state, copies: state.copies.filter(({ copyId }) => copyId !== event.data.copyId) };
      case 'VolumeDeleteAsked':
        return { ...state, asked: true };
      case 'VolumeDeleted':
        return NO_VOLUME;
      default:
        return assertNever(event);
    }
  },
};

export function holding({ holder, left }: VolumeState): VolumeHolder | null {
  return left ? null : holder;
}

function taken(
  { name, holder, known }: Extract<VolumeCommand, { kind: 'take' }>,
  state: VolumeState,
): readonly VolumeEvent[] {
  const now = holding(state);
  if (now?.serviceId === holder.serviceId) return [];
  if (state.holder === null ? known : state.holder.tenantId !== holder.tenantId)
    throw new MusterError(volumeErrors.MUSTER_E_VOLUME_NOT_FOUND);
  if (now !== null)
    throw new MusterError(volumeErrors.MUSTER_E_VOLUME_IN_USE, { name, service: now.serviceName });
  if (state.asked) throw new MusterError(volumeErrors.MUSTER_E_VOLUME_GOING, { name });
  return [{ type: 'VolumeTaken', data: { name, ...holder } }];
}

function copyStarted(
  { name, copy, at }: Extract<VolumeCommand, { kind: 'startCopy' }>,
  state: VolumeState,
): readonly VolumeEvent[] {
  if (state.asked) throw new MusterError(volumeErrors.MUSTER_E_VOLUME_GOING, { name });
  const started: VolumeEvent = { type: 'VolumeCopyStarted', data: { name, ...copy } };
  const [oldest] = state.copies;
  if (oldest === undefined || state.copies.length < MAX_OPEN_COPIES) return [started];
  const { startedAt, ...lost } = oldest;
  if (at - startedAt < COPY_TIMEOUT_MS)
    throw new MusterError(volumeErrors.MUSTER_E_VOLUME_NOT_COPIED, {
      name,
      problem: `the ends of its last ${MAX_OPEN_COPIES} copies are not known yet`,
    });
  return [{ type: 'VolumeCopyEnded', data: { name, ...lost, outcome: 'unknown', bytes: 0 } }, started];
}

function asked(name: string, state: VolumeState): readonly VolumeEvent[] {
  return state.asked ? [] : [{ type: 'VolumeDeleteAsked', data: { name } }];
}
