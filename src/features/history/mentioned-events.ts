import { setImmediate } from 'node:timers/promises';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { History, MentionsRange } from '#domain/kernel/ports/history.js';
import type { Mention } from '#domain/kernel/ports/log-mentions.js';

const PAGE = 200;

/** Yields pages of the events with a mention, and possibly a few other events, in either direction. */
export async function* mentionedEvents(
  history: Pick<History, 'mentions' | 'eventsAt'>,
  mention: Mention,
  range: Omit<MentionsRange, 'limit'>,
  signal?: Pick<AbortSignal, 'aborted'>,
): AsyncGenerator<readonly RecordedEvent[]> {
  let { from, to } = range;
  while (from <= to && signal?.aborted !== true) {
    const positions = history.mentions(mention, { ...range, from, to, limit: PAGE });
    const events = await history.eventsAt(positions);
    if (events.length > 0) yield range.newestFirst ? [...events].reverse() : events;
    const last = positions.at(-1);
    if (last === undefined || positions.length < PAGE) return;
    if (range.newestFirst) to = last - 1n;
    else from = last + 1n;
    await setImmediate();
  }
}
