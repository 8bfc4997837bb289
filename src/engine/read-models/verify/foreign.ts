import type { Catalog } from '#domain/kernel/catalog/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { Finding } from './finding.js';

const NAMED = 20;

function problemOf(catalog: Catalog, event: RecordedEvent): string | undefined {
  try {
    catalog.decode(event);
    return undefined;
  } catch (error) {
    // An unknown type or version stops the folds, which the position of the read models shows.
    return isMusterError(error) ? error.message : String(error);
  }
}

export interface ForeignFound {
  readonly count: number;
  readonly events: readonly Pick<RecordedEvent, 'stream' | 'revision' | 'type' | 'position'>[];
}

/** Finds foreign events, and passes events of Muster that no fold can read to `found`. */
export async function findForeign(
  store: EventStore,
  catalog: Catalog,
  found: (finding: Finding) => void,
): Promise<ForeignFound> {
  let count = 0;
  const events: ForeignFound['events'][number][] = [];
  for await (const page of store.readAll({ filter: { streamPrefixes: catalog.categories } })) {
    for (const event of page) {
      if (catalog.ownershipOf(event) === 'ours') {
        const problem = problemOf(catalog, event);
        if (problem !== undefined)
          found({ check: 'events', subject: `${event.stream}@${event.revision}`, problem });
        continue;
      }
      if (catalog.ownershipOf(event) !== 'foreign') continue;
      count += 1;
      const { stream, revision, type, position } = event;
      if (count <= NAMED) events.push({ stream, revision, type, position });
    }
  }
  return { count, events };
}
