import {
  checkLevel,
  isOwnStream,
  isUnreadable,
  knownType,
  readMetadata,
  upcasted,
  type RecordedMusterEvent,
} from '#domain/event-types/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { EventMetadata } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

export interface DecodedPage {
  readonly events: readonly RecordedMusterEvent[];
  readonly foreign: readonly RecordedEvent[];
  /** Events of Muster that cannot be read, each with the error that names it. */
  readonly malformed: readonly { readonly event: RecordedEvent; readonly error: Error }[];
  readonly understood: number;
  readonly problem: unknown;
}

/**
 * Decodes the events that a fold needs. Other events are not parsed, but their type and version must be known, because an unknown Muster event is
 * never skipped. Foreign and malformed events are ignored in any stream.
 */
export function decodePage(page: readonly RecordedEvent[], needed: ReadonlySet<string>): DecodedPage {
  const events: RecordedMusterEvent[] = [];
  const foreign: RecordedEvent[] = [];
  const malformed: DecodedPage['malformed'][number][] = [];
  for (let index = 0; index < page.length; index += 1) {
    const recorded = page[index]!;
    if (!isOwnStream(recorded.stream)) continue;
    try {
      const metadata = readMetadata(recorded.metadata);
      const event = metadata && decodeNeeded(recorded, metadata, needed);
      if (event !== undefined) events.push(event);
      if (metadata === undefined) foreign.push(recorded);
    } catch (problem) {
      if (!isUnreadable(problem)) return { events, foreign, malformed, understood: index, problem };
      malformed.push({ event: recorded, error: problem });
    }
  }
  return { events, foreign, malformed, understood: page.length, problem: undefined };
}

function decodeNeeded(
  recorded: RecordedEvent,
  metadata: EventMetadata,
  needed: ReadonlySet<string>,
): RecordedMusterEvent | undefined {
  const known = knownType(recorded.type);
  if (known === undefined || metadata.v > known.definition.version) {
    throw new MusterError('MUSTER_E_EVENT_UNKNOWN', { type: recorded.type, version: metadata.v });
  }
  const { type, definition } = known;
  if (type === 'ClusterLevelRaised') checkLevel(recorded);
  if (!needed.has(type)) return undefined;
  const bytes = Buffer.byteLength(recorded.data) + Buffer.byteLength(recorded.metadata);
  const { id, stream, revision, position } = recorded;
  return {
    type,
    data: upcasted(recorded, definition, metadata.v),
    id,
    stream,
    revision,
    position,
    metadata,
    bytes,
  } as RecordedMusterEvent;
}
