import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { SIGNED_TREE_STREAM } from '#src/engine/event-store/index.js';
import { sha256 } from './hashing.js';

/** Each checkpoint covers the whole log before it, so a few of the newest are enough. */
const NEWEST = 100;

export interface PublishedCheckpoint {
  readonly note: string;
  readonly position: bigint;
  readonly revision: number;
}

/** Returns the newest published checkpoints, newest first. Their signatures are not verified. */
export async function readPublished(
  store: Pick<EventStore, 'readStream'>,
): Promise<readonly PublishedCheckpoint[]> {
  const found: PublishedCheckpoint[] = [];
  try {
    for await (const page of store.readStream(SIGNED_TREE_STREAM, { direction: 'backwards', limit: NEWEST }))
      for (const { data, position, revision } of page)
        found.push({ note: noteIn(data) ?? '', position, revision });
  } catch (error) {
    // Another program has deleted the stream.
    if (!isMusterError(error, 'MUSTER_E_STREAM_DELETED')) throw error;
  }
  return found;
}

/** Publishes a checkpoint, unless another server publishes one at the same time. */
export async function publish(
  store: Pick<EventStore, 'append'>,
  note: string,
  newest: PublishedCheckpoint | undefined,
): Promise<void> {
  if (newest?.note === note) return;
  const event = { id: idOf(note), type: 'TreeSigned', data: JSON.stringify({ note }), metadata: '{}' };
  try {
    await store.append({
      stream: SIGNED_TREE_STREAM,
      expected: newest?.revision ?? 'no_stream',
      events: [event],
    });
  } catch (error) {
    // The next checkpoint is published later. Signing must not depend on the right to write to this stream.
    if (!isMusterError(error)) throw error;
  }
}

function noteIn(data: string): string | undefined {
  try {
    const { note } = JSON.parse(data) as { readonly note?: unknown };
    return typeof note === 'string' ? note : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Returns the same id for the same note, in the form of a UUID. */
function idOf(note: string): string {
  const hex = sha256(note).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
