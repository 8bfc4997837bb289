import { readMetadata } from '#domain/kernel/event/index.js';
import type { EventFilter, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { encodePayload, isSystemEvent, matches } from '#src/engine/event-store/index.js';
import type { ReadResp } from './wire-stubs.js';

const TICKS_PER_MILLISECOND = 10_000;

export function recordedEvent(answer: ReadResp): RecordedEvent | undefined {
  const read = answer.getEvent();
  const event = read?.getEvent();
  if (read === undefined || event === undefined) return undefined;
  const properties = event.getMetadataMap();
  const json = properties.get('content-type') === 'application/json';
  const stream = text(event.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array());
  // Events with Muster's metadata were JSON when they were written. Others can have any format, and are wrapped so that they can be parsed.
  const written = text(event.getCustomMetadata_asU8());
  const payload =
    readMetadata(written) === undefined
      ? (bytes: Uint8Array) => encodePayload({ bytes, json: bytes.length > 0 })
      : text;
  return {
    id: event.getId()?.getString() ?? '',
    type: properties.get('type') ?? '',
    data: json ? payload(event.getData_asU8()) : encodePayload({ bytes: event.getData_asU8(), json }),
    metadata: payload(event.getCustomMetadata_asU8()),
    stream,
    revision: Number(event.getStreamRevision()),
    position: BigInt(event.getCommitPosition()),
    created: Math.floor(Number(properties.get('created') ?? 0) / TICKS_PER_MILLISECOND),
  };
}

/** Returns whether readers of the log receive the event. The store's own events and events that the filter excludes are omitted. */
export function matchesFilter(
  filter: EventFilter | undefined,
  event: Pick<RecordedEvent, 'stream' | 'type'>,
): boolean {
  if (isSystemEvent(event)) return false;
  return filter === undefined || matches(filter, event);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
