import { hash } from 'node:crypto';
import type { ExpectedRevision } from '#domain/ports/event-store.js';
import { UuidNamespace } from '#domain/name-uuid.js';

/** Namespace of the ids of Muster's events. */
const EVENT_NAMESPACE = new UuidNamespace('6f0c1c52-5a0e-5f0b-9d3f-6d7573746572');

/** One append, as far as its event ids depend on it. */
export interface IdentifiedAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** Names one running writer, anew at each start: two writers that decide differently never share an id. */
  readonly writer: string;
  /** `data` is the JSON text that will be stored. */
  readonly events: readonly { readonly type: string; readonly data: string }[];
}

/**
 * The ids of an append's events: UUIDv5 of (stream, expected revision, writer, digest of types and data, index). The
 * same append sent again has the same ids, which is how one whose outcome is unknown is settled; any other has others.
 */
export function eventIds(append: IdentifiedAppend): readonly string[] {
  let content = '';
  for (const event of append.events) content += `${event.type.length}:${event.type}${event.data.length}:${event.data}`;
  const name = `${append.stream}\n${append.expected}\n${append.writer}\n${hash('sha256', content, 'hex')}\n`;
  return append.events.map((_, index) => EVENT_NAMESPACE.of(name + index));
}
