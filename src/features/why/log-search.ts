import { setImmediate } from 'node:timers/promises';
import { EXPLAINED_EVENTS, type ExplainedEvent } from '#domain/explain/index.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { isOneOf, readMetadata, type AnyEvent, type Recorded } from '#domain/kernel/event/index.js';
import type { VisibleObjects } from '#src/features/visibility/index.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { Mention } from '#domain/kernel/ports/log-mentions.js';
import { mentionedEvents } from '#src/features/history/index.js';
import type { EventStore, ReadStreamOptions, RecordedEvent } from '#domain/kernel/ports/event-store.js';

/** Maximum number of events that a search examines in one stream. */
export const MAX_SEARCHED_EVENTS = 2000;
/** Maximum number of events scanned in the whole log to find a request id, because request ids have no stream of their own. */
export const MAX_SEARCHED_LOG_EVENTS = 50_000;
/** The event times in a stream may be slightly out of order, because several servers write to it. */
const TOLERANCE_MS = 2000;

type Wanted = (event: RecordedEvent) => boolean;

/** Finds events of one object with a bounded number of reads. */
export class LogSearch {
  /**
   * @param visible hides events that the caller may not see.
   * @param history finds the events of a request. If absent, the newest events of the log are searched.
   */
  constructor(
    private readonly store: EventStore,
    private readonly catalog: Pick<Catalog, 'decodeOurs'>,
    private readonly visible: Pick<VisibleObjects, 'show'>,
    private readonly history?: History,
  ) {}

  async newest(stream: string, limit: number, wanted: Wanted = () => true): Promise<ExplainedEvent[]> {
    const found: RecordedEvent[] = [];
    for (const event of await this.#read(stream, { direction: 'backwards', limit: MAX_SEARCHED_EVENTS }))
      if (found.length < limit && wanted(event)) found.push(event);
    return await this.#explained(found.reverse());
  }

  async at(stream: string, revision: number): Promise<ExplainedEvent | undefined> {
    const [event] = await this.#read(stream, { from: revision, limit: 1 });
    return event?.revision === revision ? (await this.#explained([event]))[0] : undefined;
  }

  /**
   * Returns the matching events that a stream has recorded since a moment (milliseconds since the epoch), oldest first. Ends with the first event
   * that `isLast` accepts, or after {@link MAX_SEARCHED_EVENTS} events.
   */
  async since(
    stream: string,
    at: number,
    wanted: Wanted,
    isLast: Wanted = () => false,
  ): Promise<ExplainedEvent[]> {
    const from = await this.#firstSince(stream, at - TOLERANCE_MS);
    if (from === undefined) return [];
    const found: RecordedEvent[] = [];
    for (const event of await this.#read(stream, { from, limit: MAX_SEARCHED_EVENTS })) {
      if (!wanted(event)) continue;
      found.push(event);
      if (isLast(event)) break;
    }
    return await this.#explained(found);
  }

  async ofCorrelation(
    correlationId: string,
    limit: number,
  ): Promise<{ readonly events: Recorded<AnyEvent>[]; readonly isComplete: boolean }> {
    const isOf = ({ metadata }: RecordedEvent): boolean =>
      readMetadata(metadata)?.$correlationId === correlationId;
    const indexed = this.history?.indexedTo() ?? -1n;
    if (this.history !== undefined && indexed >= 0n) {
      return await this.#indexed(this.history, indexed, { correlation: correlationId }, limit, isOf);
    }
    const quoted = JSON.stringify(correlationId);
    const found: RecordedEvent[] = [];
    let searched = 0;
    for await (const page of this.store.readAll({ direction: 'backwards', limit: MAX_SEARCHED_LOG_EVENTS })) {
      searched += page.length;
      for (const event of page)
        if (found.length < limit && event.metadata.includes(quoted) && isOf(event)) found.push(event);
      await setImmediate();
    }
    return {
      events: await this.#shown(found.reverse()),
      isComplete: searched < MAX_SEARCHED_LOG_EVENTS && found.length < limit,
    };
  }

  async #explained(events: readonly RecordedEvent[]): Promise<ExplainedEvent[]> {
    const shown = await this.#shown(events);
    return shown.filter((event) => isOneOf(EXPLAINED_EVENTS, event));
  }

  async #shown(events: readonly RecordedEvent[]): Promise<Recorded<AnyEvent>[]> {
    const decoded = events.flatMap((event) => this.catalog.decodeOurs(event) ?? []);
    const shown = await Promise.all(decoded.map(async (event) => await this.visible.show(event)));
    return shown.flatMap((event) => event ?? []);
  }

  /** Returns the newest events with a mention, oldest first: indexed events, and events recorded after the last indexed one. */
  async #indexed(
    history: History,
    indexed: bigint,
    mention: Mention,
    limit: number,
    wanted: Wanted,
  ): Promise<{ readonly events: Recorded<AnyEvent>[]; readonly isComplete: boolean }> {
    const found: RecordedEvent[] = [];
    let searched = 0;
    for await (const page of this.store.readAll({ from: indexed, limit: MAX_SEARCHED_LOG_EVENTS })) {
      searched += page.length;
      found.push(...page.filter(wanted));
    }
    found.reverse();
    const part = { from: 0n, to: indexed, newestFirst: true };
    for await (const page of mentionedEvents(history, mention, part)) {
      found.push(...page.filter(wanted));
      if (found.length >= limit) break;
    }
    return {
      events: await this.#shown(found.slice(0, limit).reverse()),
      isComplete: searched < MAX_SEARCHED_LOG_EVENTS && found.length < limit && history.indexedFrom() === 0n,
    };
  }

  /** Finds the revision of the first event at or after a time by binary search. Returns undefined if the stream is empty. */
  async #firstSince(stream: string, at: number): Promise<number | undefined> {
    const [oldest] = await this.#read(stream, { limit: 1 });
    const [newest] = await this.#read(stream, { direction: 'backwards', limit: 1 });
    if (oldest === undefined || newest === undefined) return undefined;
    let low = oldest.revision;
    let high = newest.revision;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [event] = await this.#read(stream, { from: middle, limit: 1 });
      if (event !== undefined && timeOf(event) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  async #read(stream: string, options: ReadStreamOptions): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    try {
      for await (const page of this.store.readStream(stream, options)) {
        events.push(...page);
        if (page.length > 1) await setImmediate();
      }
    } catch (error) {
      if (!isMusterError(error, 'MUSTER_E_STREAM_DELETED')) throw error;
    }
    return events;
  }
}

/** Uses the time of the decision, because an import assigns new write times. */
function timeOf({ metadata, created }: RecordedEvent): number {
  return readMetadata(metadata)?.at ?? created;
}
