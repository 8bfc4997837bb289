import {
  checkLevel,
  isUnreadable,
  unknownEvent,
  upcasted,
  type Catalog,
} from '#domain/kernel/catalog/index.js';
import {
  readMetadata,
  type AnyEvent,
  type EventMetadata,
  type EventTable,
  type Recorded,
  type RecordedOf,
} from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

export interface DecodedPage<Table extends EventTable> {
  readonly events: readonly RecordedOf<Table>[];
  readonly foreign: readonly RecordedEvent[];
  /** Events of Muster that cannot be read, each with the error that names it. */
  readonly malformed: readonly { readonly event: RecordedEvent; readonly error: Error }[];
  readonly understood: number;
  readonly problem: unknown;
}

/**
 * Decodes the events that a fold needs. Other events are not parsed, but their type and version must be in the catalog, because an unknown Muster
 * event is never skipped. Foreign and malformed events are ignored in any stream.
 */
export function decodePage<Table extends EventTable>(
  catalog: Catalog,
  page: readonly RecordedEvent[],
  needed: Table,
): DecodedPage<Table> {
  const events: Recorded<AnyEvent>[] = [];
  const foreign: RecordedEvent[] = [];
  const malformed: DecodedPage<Table>['malformed'][number][] = [];
  const done = (understood: number, problem?: unknown): DecodedPage<Table> => ({
    events: events as RecordedOf<Table>[],
    foreign,
    malformed,
    understood,
    problem,
  });
  for (let index = 0; index < page.length; index += 1) {
    const recorded = page[index]!;
    if (!catalog.isOwnStream(recorded.stream)) continue;
    try {
      const metadata = readMetadata(recorded.metadata);
      const event = metadata && decodeNeeded(catalog, recorded, metadata, needed);
      if (event !== undefined) events.push(event);
      if (metadata === undefined) foreign.push(recorded);
    } catch (problem) {
      if (!isUnreadable(problem)) return done(index, problem);
      malformed.push({ event: recorded, error: problem });
    }
  }
  return done(page.length);
}

function decodeNeeded(
  catalog: Catalog,
  recorded: RecordedEvent,
  metadata: EventMetadata,
  needed: EventTable,
): Recorded<AnyEvent> | undefined {
  const { id, type, stream, revision, position } = recorded;
  const definition = catalog.definitionOf(type);
  if (definition === undefined || metadata.v > definition.version) throw unknownEvent(type, metadata.v);
  checkLevel(recorded);
  if (!Object.hasOwn(needed, type)) return undefined;
  const bytes = Buffer.byteLength(recorded.data) + Buffer.byteLength(recorded.metadata);
  const data = upcasted(recorded, definition, metadata.v);
  return { type, data, id, stream, revision, position, metadata, bytes };
}
