import type { EventStore } from '#domain/ports/event-store.js';
import { fitsLog, type Checkpoint } from '#src/engine/checkpoint.js';
import type { Head, StoredGeneration } from './schema.js';

type Store = Pick<EventStore, 'id' | 'readAll'>;

/**
 * Leaves out of a head what another log was folded into, or this one before an older backup of it was restored: until a projector has dropped it, it would
 * show what never happened, and seem to be further than the log. A generation that was found to fit once fits for as long as this process may use the log.
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
      // An empty generation fits every log, and need not fit later.
      if (fitting && checkpoint !== undefined) this.#fitting.add(name);
      return fitting;
    };
    const all = await Promise.all(Object.entries(head.generations).map(async ([key, each]) => ({ key, each, isOwn: await fits(key, each) })));
    return { ...head, generations: Object.fromEntries(all.flatMap(({ key, each, isOwn }) => (isOwn ? [[key, each] as const] : []))) };
  }
}

function checkpointOf({ storeId, position, eventId, previous }: StoredGeneration): Checkpoint | undefined {
  if (storeId === null || position === null || eventId === null) return undefined;
  return { storeId, position, eventId, previous: previous ?? undefined };
}
