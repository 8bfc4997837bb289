import type { RecordedEvent } from '#domain/ports/event-store.js';
import { decodePayload } from '../payload.js';
import { TOMBSTONE_REVISION, TOMBSTONE_TYPE } from '../tombstone.js';
import { streamIdentifier, writeUuid } from './names.js';
import { streams, type Streams } from './stubs.js';

/** The revision of a tombstone on the wire: the largest int64. */
const LAST_REVISION = '9223372036854775807';

/** An event in the answer to a read. With a `link`, the event is what the link points to, absent where there is none any more. */
export function eventMessage(event: RecordedEvent | undefined, link: RecordedEvent | undefined, structuredIds: boolean): Streams.ReadResp {
  const message = new streams.ReadResp.ReadEvent();
  if (event !== undefined) message.setEvent(recordedMessage(event, structuredIds));
  if (link !== undefined) message.setLink(recordedMessage(link, structuredIds));
  const original = link ?? event;
  if (original !== undefined) message.setCommitPosition(original.position.toString());
  return new streams.ReadResp().setEvent(message);
}

function recordedMessage(event: RecordedEvent, structuredIds: boolean): Streams.ReadResp.ReadEvent.RecordedEvent {
  const position = event.position.toString();
  const data = decodePayload(event.data);
  const message = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(writeUuid(event.id, structuredIds))
    .setStreamIdentifier(streamIdentifier(event.stream))
    .setStreamRevision(event.type === TOMBSTONE_TYPE && event.revision === TOMBSTONE_REVISION ? LAST_REVISION : String(event.revision))
    .setPreparePosition(position)
    .setCommitPosition(position)
    .setData(data.bytes)
    .setCustomMetadata(decodePayload(event.metadata).bytes);
  message
    .getMetadataMap()
    .set('type', event.type)
    // Ticks of 100 ns since 1970.
    .set('created', `${event.created}0000`)
    .set('content-type', data.json ? 'application/json' : 'application/octet-stream');
  return message;
}
