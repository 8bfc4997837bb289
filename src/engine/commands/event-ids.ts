import { hash } from 'node:crypto';
import type { ExpectedRevision } from '#domain/kernel/ports/event-store.js';

const EVENT_NAMESPACE = Buffer.from('6f0c1c525a0e5f0b9d3f6d7573746572', 'hex');

export interface IdentifiedAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** Identifies the instance of the writer, so that two writers with different decisions never produce the same event id. */
  readonly writer: string;
  readonly events: readonly { readonly type: string; readonly data: string }[];
}

/**
 * Derives the ids of an append's events: UUIDv5 of (stream, expected revision, writer, digest of types and data, index). A repeated append has the
 * same ids, which makes it possible to settle an unknown outcome. Any other append has different ids.
 */
export function eventIds(append: IdentifiedAppend): readonly string[] {
  let content = '';
  for (const event of append.events)
    content += `${event.type.length}:${event.type}${event.data.length}:${event.data}`;
  const name = `${append.stream}\n${append.expected}\n${append.writer}\n${hash('sha256', content, 'hex')}\n`;
  const bytes = Buffer.allocUnsafe(
    EVENT_NAMESPACE.length + Buffer.byteLength(name) + String(append.events.length).length,
  );
  const end = EVENT_NAMESPACE.copy(bytes) + bytes.write(name, EVENT_NAMESPACE.length);
  return append.events.map((_, index) =>
    uuidOf(hash('sha1', bytes.subarray(0, end + bytes.write(String(index), end, 'latin1')), 'hex')),
  );
}

/** Formats a SHA-1 digest as a version 5 UUID. OpenSSL computes the digest three times as fast as the code in `domain`, which may not use Node. */
function uuidOf(sha1: string): string {
  const variant = '89ab'[Number.parseInt(sha1[16]!, 16) & 3]!;
  return `${sha1.slice(0, 8)}-${sha1.slice(8, 12)}-5${sha1.slice(13, 16)}-${variant}${sha1.slice(17, 20)}-${sha1.slice(20, 32)}`;
}
