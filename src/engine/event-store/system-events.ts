import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

/** Returns whether the store wrote the event for its own use: stream metadata, tombstones, links, statistics. The port refuses such names. */
export function isSystemEvent({ stream, type }: Pick<RecordedEvent, 'stream' | 'type'>): boolean {
  return type.startsWith('$') || stream.startsWith('$');
}

/** Stream in which servers keep the id of a log in an event store. It is no stream of Muster. */
export const IDENTITY_STREAM = 'storeIdentity-muster';
/** In it, servers publish what they have signed of the log. It is no stream of Muster, so the signed tree does not contain it. */
export const SIGNED_TREE_STREAM = 'signedTree-muster';
