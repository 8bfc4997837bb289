import { randomUUID } from 'node:crypto';
import { cluster } from '#domain/cluster/aggregate.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { openCommandExecutor } from '#src/engine/commands/index.js';

/**
 * Appends the beginning of a new epoch. Agents remember allocations from before, which the log may no longer contain: without the epoch, new work
 * could get ids that they have an old result for. No server may use the log meanwhile.
 */
export async function beginEpoch(
  store: EventStore,
  clock: Clock,
  reason: 'restored' | 'imported',
): Promise<string> {
  const executor = await openCommandExecutor({ store, clock, writer: randomUUID() });
  try {
    const epoch = randomUUID();
    const commandId = randomUUID();
    const context = {
      commandId,
      repeatable: false,
      bodyDigest: '',
      correlationId: commandId,
      causationId: commandId,
      actor: 'operator',
      surface: 'cluster',
    };
    await executor.execute(cluster, 'cluster', { kind: 'begin-epoch', epoch, reason }, context);
    return epoch;
  } finally {
    await executor.close();
  }
}
