import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { UuidNamespace } from '#domain/kernel/name-uuid.js';
import { EMPTY_PAYLOAD, encodePayload, TOMBSTONE_TYPE } from '#src/engine/event-store/index.js';
import { LINK_TYPE } from './links.js';

/**
 * A stream of links that EventStoreDB's system projections would write: `$ce-<category>`, `$et-<event type>` or `$streams`. Here it is computed from
 * the log on each read. The links' revisions are positions in the log, so they have gaps. In EventStoreDB they count from 0.
 */
export interface VirtualStream {
  readonly name: string;
  includes(event: RecordedEvent): boolean;
}

const CATEGORY = '$ce-';
const EVENT_TYPE = '$et-';
const ALL_STREAMS = '$streams';

const linkIds = new UuidNamespace('8d1f5a0e-4c51-4f0e-9d5b-2f6a6f1f7a31');

/** Returns undefined for the name of a stored stream. */
export function virtualStream(name: string): VirtualStream | undefined {
  if (name === ALL_STREAMS) return { name, includes: ({ revision }) => revision === 0 };
  if (name.startsWith(CATEGORY)) {
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

/** Returns a link to an event in a virtual stream. Its id is derived from the stream's name and the event's id, so each read returns the same id. */
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
