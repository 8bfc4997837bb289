import { categoryOf } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { leafHash } from './hashing.js';
import { leafOf } from './leaf.js';
import { originFrom } from './origin.js';

/**
 * Returns a function that returns the id of the log: the name of its tree without prefix and epoch, so it is the same for every server, and after a
 * restore or a move to a different store. Undefined while the log has no event of Muster. @param categories those of Muster's streams
 */
export function logIdOf(
  store: Pick<EventStore, 'readAll'>,
  categories: readonly string[],
): () => Promise<string | undefined> {
  const own = new Set(categories);
  let reading: Promise<string | undefined> | undefined;
  const read = async (): Promise<string | undefined> => {
    let id: string | undefined;
    try {
      return (id = await readLogId(store, own));
    } finally {
      if (id === undefined) reading = undefined;
    }
  };
  // Callers share one read. Without an id, the next caller reads again.
  return async () => await (reading ??= read());
}

async function readLogId(
  store: Pick<EventStore, 'readAll'>,
  own: ReadonlySet<string>,
): Promise<string | undefined> {
  for await (const page of store.readAll({ filter: { streamPrefixes: [...own] } })) {
    const first = page.find(({ stream }) => own.has(categoryOf(stream)));
    if (first !== undefined) return originFrom(leafHash(leafOf(first))).split('/')[1];
  }
  return undefined;
}
