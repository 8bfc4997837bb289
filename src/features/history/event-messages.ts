import type { EventFilter, EventStore, SubscriptionMessage } from '#domain/kernel/ports/event-store.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { Mention } from '#domain/kernel/ports/log-mentions.js';
import { lastPositionBefore } from '#src/engine/event-store/index.js';
import { streamsOfJob } from './job-history.js';
import { mentionedEvents } from './mentioned-events.js';

/** Stream categories whose events about a job are in the index. */
const CATEGORIES_OF_JOBS: ReadonlySet<string> = new Set(['job', 'scheduler', 'node', 'command']);

export interface EventsSought {
  readonly follow: boolean;
  readonly backwards: boolean;
  /** Where reading starts, in the reading direction. */
  readonly bound: { readonly from: bigint; readonly inclusive: boolean } | undefined;
  readonly stream?: string | undefined;
  readonly category?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly job?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** Milliseconds since the epoch, exclusive. */
  readonly until?: number | undefined;
  readonly actors?: readonly string[] | undefined;
  readonly correlation?: string | undefined;
  /** Lower bound for the positions of wanted events, if known. */
  readonly oldest?: bigint;
  /** Upper bound for the positions of wanted events, if known. */
  readonly newest?: bigint;
}

/** Narrows the range to the times of the query, as far as the index covers them. */
async function narrowed(history: History | undefined, wanted: EventsSought): Promise<EventsSought> {
  return await narrowedUntil(history, await narrowedSince(history, wanted));
}

async function narrowedUntil(history: History | undefined, wanted: EventsSought): Promise<EventsSought> {
  const { until, backwards, bound } = wanted;
  if (history === undefined || until === undefined) return wanted;
  const newest = await history.positionAt(until - 1);
  // The newest events may not be indexed yet.
  if (newest < 0n || newest >= history.indexedTo()) return wanted;
  return !backwards || (bound !== undefined && bound.from <= newest)
    ? { ...wanted, newest }
    : { ...wanted, newest, bound: { from: newest, inclusive: true } };
}

/** Moves the start to the first event at or after `since`, if the index contains its position. */
async function narrowedSince(history: History | undefined, wanted: EventsSought): Promise<EventsSought> {
  const { since, backwards, bound } = wanted;
  if (history === undefined || since === undefined || history.indexedTo() < 0n) return wanted;
  const oldest = (await history.positionAt(since - 1)) + 1n;
  if (backwards) return { ...wanted, oldest };
  return bound !== undefined && bound.from >= oldest
    ? { ...wanted, oldest }
    : { ...wanted, oldest, bound: { from: oldest, inclusive: true } };
}

/** Reads the log. Events of a job or a request are found through the index where it covers them. May also yield unwanted events and foreign events. */
export async function* eventMessages(
  store: EventStore,
  history: History | undefined,
  asked: EventsSought,
  signal: AbortSignal,
): AsyncGenerator<SubscriptionMessage> {
  const wanted = await narrowed(history, asked);
  const { bound, stream } = wanted;
  const mention = mentionIn(wanted);
  const indexed = history?.indexedTo() ?? -1n;
  if (history !== undefined && indexed >= 0n && mention !== undefined && stream === undefined) {
    yield* mentionedMessages(store, history, wanted, { mention, indexed }, signal);
    return;
  }
  if (wanted.follow) {
    // A subscription starts after an existing event, but the client may pass any position, even one that the log has not reached.
    const after =
      bound && (await lastPositionBefore(store, { from: bound.from, inclusive: !bound.inclusive }));
    yield* store.subscribe({ ...(after !== undefined && { after }), filter: filterOf(wanted), signal });
    return;
  }
  yield* pagesOf(store, wanted, signal);
}

/** Reads pages of the log, up to the last wanted position in the reading direction. */
async function* pagesOf(
  store: EventStore,
  wanted: EventsSought,
  signal: AbortSignal,
): AsyncGenerator<SubscriptionMessage> {
  const { bound, backwards, stream, oldest, newest } = wanted;
  const direction = backwards ? ('backwards' as const) : ('forwards' as const);
  const pages =
    stream === undefined
      ? store.readAll({ direction, ...bound, filter: filterOf(wanted) })
      : store.readStream(stream, { direction });
  for await (const events of pages) {
    if (signal.aborted) return;
    yield { kind: 'events', events };
    const { position } = events.at(-1)!;
    if (backwards ? oldest !== undefined && position < oldest : newest !== undefined && position > newest)
      return;
  }
}

/** Returns an indexed mention that all wanted events have, or undefined if there is none. */
function mentionIn({ job, correlation, category }: EventsSought): Mention | undefined {
  if (job !== undefined && category === 'command') return { commandsIn: job };
  if (job !== undefined && (category === undefined || CATEGORIES_OF_JOBS.has(category))) return { job };
  return correlation === undefined ? undefined : { correlation };
}

/** Uses the index for the positions that it covers. Earlier events, which were pruned from it, and the few later events are read from the log. */
async function* mentionedMessages(
  store: EventStore,
  history: History,
  wanted: EventsSought,
  { mention, indexed }: { readonly mention: Mention; readonly indexed: bigint },
  signal: AbortSignal,
): AsyncGenerator<SubscriptionMessage> {
  const { bound, backwards, oldest = 0n } = wanted;
  const indexedFrom = history.indexedFrom();
  const part = { from: oldest > indexedFrom ? oldest : indexedFrom, to: indexed, newestFirst: backwards };
  if (backwards) {
    const isLater = bound === undefined || bound.from > indexed;
    // A filter would make the store search past the end of this range for matching events.
    if (isLater && ((await store.head()) ?? -1n) > indexed)
      for await (const page of store.readAll({ direction: 'backwards', ...bound })) {
        const events = page.filter(({ position }) => position > indexed);
        yield { kind: 'events', events };
        if (events.length < page.length || signal.aborted) break;
      }
    const found = mentionedEvents(history, mention, isLater ? part : { ...part, to: bound.from }, signal);
    for await (const events of found) yield { kind: 'events', events };
    if (oldest < indexedFrom) {
      const isBefore = bound !== undefined && bound.from < indexedFrom;
      yield* pagesOf(
        store,
        isBefore ? wanted : { ...wanted, bound: { from: indexedFrom, inclusive: false } },
        signal,
      );
    }
    return;
  }
  const from = bound?.from ?? 0n;
  if (from < indexedFrom)
    for await (const message of pagesOf(store, wanted, signal)) {
      if (message.kind !== 'events') continue;
      const events = message.events.filter(({ position }) => position < indexedFrom);
      yield { kind: 'events', events };
      if (events.length < message.events.length) break;
    }
  const indexedPart = { ...part, from: from > part.from ? from : part.from };
  for await (const events of mentionedEvents(history, mention, indexedPart, signal))
    yield { kind: 'events', events };
  const rest: EventsSought =
    from <= indexed ? { ...wanted, bound: { from: indexed, inclusive: false } } : wanted;
  yield* eventMessages(store, undefined, rest, signal);
}

function filterOf(wanted: EventsSought): EventFilter {
  const { stream, category, job } = wanted;
  const prefix = stream ?? category;
  const streamPrefixes = prefix !== undefined ? [prefix] : job !== undefined ? streamsOfJob(job) : undefined;
  return {
    ...(streamPrefixes !== undefined && { streamPrefixes }),
    ...(wanted.types !== undefined && { types: wanted.types }),
  };
}
