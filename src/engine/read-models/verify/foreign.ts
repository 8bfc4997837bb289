import { ALL_CATEGORIES, decode, ownershipOf } from '#domain/event-types/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { Finding } from './finding.js';

const NAMED = 20;

function problemOf(event: RecordedEvent): string | undefined {
  try {
    decode(event);
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
  found: (finding: Finding) => void,
): Promise<ForeignFound> {
  let count = 0;
  const events: ForeignFound['events'][number][] = [];
  for await (const page of store.readAll({ filter: { streamPrefixes: ALL_CATEGORIES } })) {
    for (const event of page) {
      if (ownershipOf(event) === 'ours') {
        const problem = problemOf(event);
        if (problem !== undefined)
          found({ check: 'events', subject: `${event.stream}@${event.revision}`, problem });
        continue;
      }
      if (ownershipOf(event) !== 'foreign') continue;
      count += 1;
      const { stream, revision, type, position } = event;
      if (count <= NAMED) events.push({ stream, revision, type, position });
    }
  }
  return { count, events };
}
