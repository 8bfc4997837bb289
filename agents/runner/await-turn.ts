import type { AgentLog } from '../log.js';
import type { Allocation } from './allocation.js';
import { inTheWay, usesOf } from './exclusive-use.js';

/**
 * Resolves once nothing that was accepted before the allocation has what it needs alone, or with the signal. What a server no longer counts may
 * take its time to stop. `unended` holds all that has not ended, in the order in which it was accepted.
 */
export async function awaitTurn(allocation: Allocation, unended: Iterable<Allocation>, log: AgentLog, signal: AbortSignal): Promise<void> {
  const { order } = allocation.record;
  const uses = order === undefined ? [] : usesOf(order);
  if (uses.length === 0) return;
  const over = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  while (!signal.aborted) {
    const earlier = earlierUser(allocation, uses, unended);
    if (earlier === undefined) return;
    log.info({ allocationId: allocation.id, waitsFor: earlier.holder.id, thing: earlier.thing }, 'agent.allocation.waits');
    await Promise.race([earlier.holder.ended, over]);
  }
}

function earlierUser(
  allocation: Allocation,
  uses: ReturnType<typeof usesOf>,
  unended: Iterable<Allocation>,
): { readonly holder: Allocation; readonly thing: string } | undefined {
  for (const holder of unended) {
    if (holder === allocation) return undefined;
    const { order, stopping } = holder.record;
    const thing = inTheWay(uses, { order, stopping: stopping !== null });
    if (thing !== undefined) return { holder, thing };
  }
  return undefined;
}
