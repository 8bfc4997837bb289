import { ALL_CATEGORIES, ownershipOf } from '#domain/event-types/index.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';

const NAMED = 20;

export interface ForeignFound {
  readonly count: number;
  readonly events: readonly Pick<RecordedEvent, 'stream' | 'revision' | 'type' | 'position'>[];
}

export async function findForeign(store: EventStore): Promise<ForeignFound> {
  let count = 0;
  const events: ForeignFound['events'][number][] = [];
  for await (const page of store.readAll({ filter: { streamPrefixes: ALL_CATEGORIES } })) {
    for (const event of page) {
      if (ownershipOf(event) !== 'foreign') continue;
      count += 1;
      const { stream, revision, type, position } = event;
      if (count <= NAMED) events.push({ stream, revision, type, position });
    }
  }
  return { count, events };
}
