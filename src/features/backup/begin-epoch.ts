import { randomUUID } from 'node:crypto';
import { cluster } from '#domain/cluster/aggregate.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { uncausedContext } from '#domain/kernel/ports/command-executor.js';
import { openCommandExecutor } from '#src/engine/commands/index.js';

/**
 * Begins a new epoch. Agents keep records of earlier allocations that the log may no longer contain. Without a new epoch, new work could get an id
 * for which an agent has an old result. No server may use the log during this call.
 */
export async function beginEpoch(
  store: EventStore,
  clock: Clock,
  reason: 'restored' | 'imported',
): Promise<string> {
  const executor = await openCommandExecutor({ store, clock, writer: randomUUID() });
  try {
    const epoch = randomUUID();
    const context = uncausedContext(randomUUID(), 'operator', 'cluster');
    await executor.execute(cluster, 'cluster', { kind: 'begin-epoch', epoch, reason }, context);
    return epoch;
  } finally {
    await executor.close();
  }
}
