import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { CLUSTER_STREAM } from '#domain/kernel/event/index.js';

const ORIGIN = /^muster\/[0-9a-f]{32}\/[1-9]\d{0,8}$/;

/** Returns the new name of the tree from the last of these events that adopts a fork. The events may still be encoded. */
export function adoptedOriginIn(
  events: readonly Pick<RecordedEvent, 'stream' | 'type' | 'data'>[],
): string | undefined {
  const adoption = events.findLast(
    ({ stream, type }) => stream === CLUSTER_STREAM && type === 'LogForkAdopted',
  );
  return adoption === undefined ? undefined : originIn(adoption.data);
}

function originIn(data: string): string | undefined {
  try {
    const { origin } = JSON.parse(data) as { readonly origin?: unknown };
    return typeof origin === 'string' && ORIGIN.test(origin) ? origin : undefined;
  } catch {
    // Another program wrote the event, so it does not name a tree.
    return undefined;
  }
}
