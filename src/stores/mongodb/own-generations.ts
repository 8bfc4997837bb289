import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { fitsLog, type Checkpoint } from '#src/engine/checkpoint.js';
import type { Head, StoredGeneration } from './schema.js';

type Store = Pick<EventStore, 'id' | 'readAll'>;

/**
 * Hides generations of a different log, or of this log before a backup was restored. Until a projector has dropped them, they would show events that
 * never happened, and seem to be ahead of the log. A generation that has matched once still matches for as long as this process may use the log.
 */
export class OwnGenerations {
  readonly #store: Store;
  readonly #fitting = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  async of(head: Head): Promise<Head> {
    const found = new Map<string, Promise<boolean>>();
    const fits = async (key: string, generation: StoredGeneration): Promise<boolean> => {
      const name = `${key} ${generation.collection}`;
      if (this.#fitting.has(name)) return true;
      const checkpoint = checkpointOf(generation);
      const place = `${checkpoint?.storeId} ${checkpoint?.position} ${checkpoint?.eventId}`;
      const looked = found.get(place) ?? fitsLog(this.#store, checkpoint);
      found.set(place, looked);
      const fitting = await looked;
      // An empty generation matches every log for now, but may not match later.
      if (fitting && checkpoint !== undefined) this.#fitting.add(name);
      return fitting;
    };
    const all = await Promise.all(
      Object.entries(head.generations).map(async ([key, each]) => ({
        key,
        each,
        isOwn: await fits(key, each),
      })),
    );
    return {
      ...head,
      generations: Object.fromEntries(
        all.flatMap(({ key, each, isOwn }) => (isOwn ? [[key, each] as const] : [])),
      ),
    };
  }
}

function checkpointOf({ storeId, position, eventId, previous }: StoredGeneration): Checkpoint | undefined {
  if (storeId === null || position === null || eventId === null) return undefined;
  return { storeId, position, eventId, previous: previous ?? undefined };
}
