import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

export type Seen = Pick<RecordedEvent, 'position' | 'id'>;

/**
 * Describes how a log contradicts an event that was read from it. Undefined if it does not. If a scavenge has removed the event, a later event is in
 * its place. `standing`: the first event at this position or after it.
 */
export function lossAt({ position, id }: Seen, standing: Seen | undefined): string | undefined {
  if (standing === undefined)
    return `the log ends before position ${position}, which was read earlier: an older backup was restored`;
  return standing.position === position && standing.id !== id
    ? `position ${position} now contains event ${standing.id} instead of ${id}: an older backup was restored`
    : undefined;
}
