import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { UuidNamespace } from '#domain/kernel/name-uuid.js';
import { EMPTY_PAYLOAD, encodePayload } from '../payload.js';
import { TOMBSTONE_TYPE } from '../tombstone.js';
import { LINK_TYPE } from './links.js';

/**
 * A stream that EventStoreDB's system projections write, and that is computed from the log here on each read: `$ce-<category>`, `$et-<event type>`
 * and `$streams`. It contains links. Their revisions are the positions of the events in the log, which rise with gaps; EventStoreDB counts them from
 * 0.
 */
export interface VirtualStream {
  readonly name: string;
  includes(event: RecordedEvent): boolean;
}

const CATEGORY = '$ce-';
const EVENT_TYPE = '$et-';
const ALL_STREAMS = '$streams';

const linkIds = new UuidNamespace('8d1f5a0e-4c51-4f0e-9d5b-2f6a6f1f7a31');

/** `undefined` for a stored stream. */
export function virtualStream(name: string): VirtualStream | undefined {
  if (name === ALL_STREAMS) return { name, includes: ({ revision }) => revision === 0 };
  if (name.startsWith(CATEGORY)) {
    // As in EventStoreDB's projection: the part before the first dash, excluding system streams.
    const prefix = `${name.slice(CATEGORY.length)}-`;
    return {
      name,
      includes: ({ stream, type }) =>
        stream.startsWith(prefix) && stream.indexOf('-') === prefix.length - 1 && isLinked(stream, type),
    };
  }
  if (name.startsWith(EVENT_TYPE)) {
    const wanted = name.slice(EVENT_TYPE.length);
    return { name, includes: ({ stream, type }) => type === wanted && isLinked(stream, type) };
  }
  return undefined;
}

/** A link to the event in a virtual stream. Its id is derived from the stream's name and the event's id, so that each read returns the same. */
export function linkTo(event: RecordedEvent, { name }: VirtualStream): RecordedEvent {
  return {
    ...event,
    stream: name,
    revision: Number(event.position),
    id: linkIds.of(`${name}/${event.id}`),
    type: LINK_TYPE,
    data: encodePayload({ bytes: Buffer.from(`${event.revision}@${event.stream}`), json: false }),
    metadata: EMPTY_PAYLOAD,
  };
}

function isLinked(stream: string, type: string): boolean {
  return !stream.startsWith('$') && type !== TOMBSTONE_TYPE && type !== LINK_TYPE;
}
