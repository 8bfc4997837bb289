import type { AgentLog } from '../platform/log.js';
import type { Allocation } from './allocation.js';
import { inTheWay, usesOf } from './exclusive-use.js';

/**
 * Resolves once no earlier allocation holds a resource that this one needs exclusively, or when the signal aborts. Allocations that the server no
 * longer counts may take time to stop. `unended` is in order of acceptance.
 */
export async function waitForResources(
  allocation: Allocation,
  unended: Iterable<Allocation>,
  log: AgentLog,
  signal: AbortSignal,
): Promise<void> {
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
    log.info(
      { allocationId: allocation.id, waitsFor: earlier.holder.id, thing: earlier.thing },
      'agent.allocation.waits',
    );
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
