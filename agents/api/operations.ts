import { MusterError } from '#domain/kernel/errors/index.js';
import type { AgentHandlers } from '#domain/protocol/index.js';
import type { CommonOperation } from '../platform/transport/agent-calls.js';
import type { AgentQueries } from '../queries/agent-queries.js';
import type { Allocations } from '../runner/allocations.js';

export interface OperationParts {
  readonly nodeId: string;
  readonly allocations: Allocations;
  readonly queries: AgentQueries;
  /** Returns the current epoch of the node. */
  readonly epoch: () => number | undefined;
}

export interface AgentCall {
  /** Refuses a call whose epoch is not current, and returns its epoch. Undefined if it has none and needs none. */
  refuseOtherEpoch(): number | undefined;
}

const ALLOCATION_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/** Carries out the operations that servers request in the same way over HTTP and NATS. */
export function agentOperations({ allocations, queries, epoch }: OperationParts) {
  return {
    ...queries.operations,

    async place({ allocation }, call) {
      await allocations.accept(allocation, call.refuseOtherEpoch() ?? epoch() ?? null);
      return { message: 'Allocation accepted', allocation_id: allocation.allocation_id };
    },

    async stop({ allocation_id, kill_timeouts }, call) {
      if (!ALLOCATION_ID.test(allocation_id)) throw new MusterError('MUSTER_E_ALLOCATION_NOT_FOUND');
      call.refuseOtherEpoch();
      if (!(await allocations.remove(allocation_id, kill_timeouts)))
        throw new MusterError('MUSTER_E_ALLOCATION_NOT_FOUND');
      return { message: `Allocation ${allocation_id} stopped and removed`, allocation_id };
    },

    async removeVolume({ volume }, call) {
      call.refuseOtherEpoch();
      return await queries.operations.removeVolume({ volume });
    },
  } satisfies AgentHandlers<CommonOperation, AgentCall>;
}

/** Returns the epoch of a call if it is the current one. */
export function currentEpoch(
  { nodeId, epoch }: Pick<OperationParts, 'nodeId' | 'epoch'>,
  given: number | undefined,
): number {
  const current = epoch();
  if (given === undefined || given !== current)
    throw new MusterError('MUSTER_E_NODE_STALE_EPOCH', {
      nodeId,
      epoch: given ?? 'none',
      current: current ?? 'none',
    });
  return given;
}
