import { randomUUID } from 'node:crypto';
import { catalogOf } from '#domain/kernel/catalog/index.js';
import { idOf } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { uncausedContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { wallets } from './wallets.js';

/**
 * The saga: brings sent money to the other wallet, until the signal aborts.
 *
 * It is safe to kill it at any moment, because it has no state of its own. The task stands in the log (`MoneySent`), and so does its completion
 * (`MoneyReceived`). After a restart it reads the log from the beginning and delivers each transfer again, in the same order. A transfer that has
 * arrived is known to the receiving wallet, which then decides on no event. So each transfer arrives at least once, and takes effect only once.
 */
export async function deliverTransfers(
  store: EventStore,
  executor: CommandExecutor,
  signal: AbortSignal,
): Promise<void> {
  const { decodeToDecide } = catalogOf(wallets);
  for await (const message of store.subscribe({ filter: { types: ['MoneySent'] }, signal })) {
    if (message.kind !== 'events') continue;
    for (const recorded of message.events) {
      const event = decodeToDecide(recorded);
      if (event?.type !== 'MoneySent') continue;
      const { stream, revision, metadata, data } = event;
      await executor.execute(
        wallets,
        data.to,
        { kind: 'receive', from: idOf(stream), transfer: revision, amount: data.amount },
        {
          ...uncausedContext(randomUUID(), 'saga:transfers', 'bare'),
          // With these, the log shows which request the money comes from.
          correlationId: metadata.$correlationId,
          causationId: `${stream}@${revision}`,
        },
      );
    }
  }
}
