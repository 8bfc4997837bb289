import { hash } from 'node:crypto';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

export type LeafEvent = Pick<RecordedEvent, 'stream' | 'revision' | 'id' | 'type' | 'data' | 'metadata'>;

/**
 * Returns the entry of an event in the transparency log. The entry contains neither the position nor the write time, which a different store assigns
 * again: the same events in the same order have the same root, wherever they are stored. It contains a digest instead of the texts, so that it does
 * not reveal any data and stays below the 64 KiB limit of an entry bundle.
 */
export function leafOf({ stream, revision, id, type, data, metadata }: LeafEvent): string {
  const content = hash('sha256', `${Buffer.byteLength(metadata)}\n${metadata}${data}`, 'base64');
  return `muster-event/v1\n${stream}\n${revision}\n${id}\n${type}\n${content}\n`;
}
