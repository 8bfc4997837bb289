import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { LogQuery } from '#domain/protocol/agent-channel.js';
import type { AgentHandlers, AgentInput, CommandOperation } from '#domain/protocol/index.js';
import type { Drivers } from '../drivers/drivers.js';
import { CommandSessions } from '../commands/command-sessions.js';
import type { UsageReader } from '../fingerprint/observed-usage.js';
import type { MachineMetrics } from '../machine-metrics.js';
import type { Allocation } from '../runner/allocation.js';
import type { Allocations } from '../runner/allocations.js';
import { allocationStatus } from '../runner/report.js';

export interface OpenedLog {
  readonly task: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export type AgentQueries = ReturnType<typeof answerQueries>;

export interface QueryParts {
  readonly nodeId: string;
  readonly allocations: Allocations;
  readonly machine: Pick<MachineMetrics, 'read'>;
  readonly observed: UsageReader;
  readonly drivers: Pick<Drivers, 'removeVolume' | 'copyVolume' | 'volumes'>;
  readonly clock: Clock;
  readonly life: AbortSignal;
}

const MAX_MEASURED = 1000;

/**
 * Queries that an agent serves over HTTP (`agents/api`) and NATS (`agents/api/nats`). Throws `MUSTER_E_ALLOCATION_NOT_FOUND`,
 * `MUSTER_E_LOG_NOT_KEPT` if retention has removed the log, and `MUSTER_E_INVALID` if the task is unknown.
 */
export function answerQueries({ nodeId, allocations, machine, observed, drivers, clock, life }: QueryParts) {
  const found = (id: string): Allocation => {
    const allocation = allocations.get(id);
    if (allocation === undefined) throw new MusterError('MUSTER_E_ALLOCATION_NOT_FOUND');
    return allocation;
  };
  const commands = new CommandSessions({ found, drivers, clock, life });
  const operations = {
    ...commands.operations,

    status: ({ allocation_id }) => allocationStatus(found(allocation_id).record),

    async usage() {
      // Listed first and awaited last: the daemon's delay is not added to another one.
      const listing = drivers.volumes();
      const unended = allocations.list().filter((allocation) => !allocation.hasEnded);
      const listed = unended.slice(0, MAX_MEASURED);
      const usage = {
        node_id: nodeId,
        timestamp: clock.now() / 1000,
        resources: { ...observed.read() },
        running: unended.length,
        allocations: Object.fromEntries(
          listed.map((allocation) => [
            allocation.id,
            { status: allocation.record.status, tasks: allocation.usage() },
          ]),
        ),
        left_out: unended.length - listed.length,
      };
      const volumes = await listing;
      return { ...usage, ...(volumes !== undefined && { volumes }) };
    },

    usageHistory: ({ allocation_id, last }) => ({
      allocation_id,
      tasks: found(allocation_id).usageHistory(last),
    }),

    metrics: () => machine.read(),

    removeVolume: async ({ volume }) => ({ volume, gone: await drivers.removeVolume(volume) }),
  } satisfies AgentHandlers<
    'status' | 'usage' | 'usageHistory' | 'metrics' | 'removeVolume' | CommandOperation,
    void
  >;
  return {
    operations,

    /** Ends the commands that were abandoned, until the agent ends. */
    run: () => commands.run(),

    list: () => allocations.list().map((allocation) => allocationStatus(allocation.record)),

    logs(
      {
        allocation_id: allocationId,
        task,
        type,
        follow,
        tail,
        since,
        until,
        timestamps,
      }: AgentInput<'openLog'>,
      signal: AbortSignal,
    ): OpenedLog {
      const allocation = allocations.withLogs(allocationId);
      if (allocation === undefined)
        throw new MusterError(
          allocations.wasSwept(allocationId) ? 'MUSTER_E_LOG_NOT_KEPT' : 'MUSTER_E_ALLOCATION_NOT_FOUND',
        );
      const names = allocation.taskNames();
      const chosen = task ?? (names.length === 1 ? names[0] : undefined);
      const query: LogQuery = {
        stream: type,
        follow,
        ...(tail === undefined ? {} : { tail }),
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
        ...(timestamps === true ? { timestamps } : {}),
      };
      const chunks =
        chosen === undefined ? undefined : allocation.logs(chosen, query, AbortSignal.any([signal, life]));
      if (chosen === undefined || chunks === undefined)
        throw new MusterError('MUSTER_E_INVALID', {
          field: 'task',
          problem: `must be one of ${names.join(', ')}`,
        });
      return { task: chosen, chunks };
    },
  };
}
