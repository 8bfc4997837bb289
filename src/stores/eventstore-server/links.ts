import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { decodePayload, type WireLog } from '#src/engine/event-store/index.js';
import { extentOf, isServed } from './extent.js';
import { eventMessage } from './recorded-event.js';
import { WireStatus } from './status.js';
import type { ReadAnswer } from './read-answers.js';

/** Type of link events: their data is `revision@stream`. */
const LINK_TYPE = '$>';

/** Returns the response for an event. With `resolveLinks`, a link includes its target. */
export function answerFor(
  log: WireLog,
  event: RecordedEvent,
  now: number,
  options: { resolveLinks: boolean; structuredIds: boolean },
): ReadAnswer {
  const target = options.resolveLinks && event.type === LINK_TYPE ? targetOf(event) : undefined;
  if (target === undefined) return eventMessage(event, undefined, options.structuredIds);
  return eventMessage(resolve(log, target, now), event, options.structuredIds);
}

interface Target {
  readonly stream: string;
  readonly revision: number;
}

function targetOf(link: RecordedEvent): Target | undefined {
  const parts = /^(\d{1,15})@(.+)$/su.exec(Buffer.from(decodePayload(link.data).bytes).toString());
  return parts?.[1] === undefined || parts[2] === undefined
    ? undefined
    : { revision: Number(parts[1]), stream: parts[2] };
}

function resolve(log: WireLog, { stream, revision }: Target, now: number): RecordedEvent | undefined {
  try {
    const extent = extentOf(log, stream, now);
    if (extent === undefined || revision < extent.first) return undefined;
    return log.events(stream, revision, revision, 1).find((event) => isServed(extent, event));
  } catch (error) {
    if (error instanceof WireStatus) return undefined;
    throw error;
  }
}
