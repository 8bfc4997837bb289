import { textOf, type Api } from '../shared/client.js';
import type { ShownEvent } from './event-line.js';
import type { EventsQuery } from './events-query.js';
import type { operations } from '../generated/audit.js';
import { textLines } from '../shared/text-lines.js';

type Query = NonNullable<operations['audit_readEvents']['parameters']['query']>;

export async function* eventsOfServer(
  api: Api,
  wanted: EventsQuery,
  signal: AbortSignal,
): AsyncGenerator<ShownEvent> {
  const { after, follow, last } = wanted;
  const filters = filtersOf(wanted);
  if (last === undefined) {
    yield* ask(
      api,
      { ...filters, ...(after !== undefined && { after: String(after) }), ...(follow && { follow }) },
      signal,
    );
    return;
  }
  // The head is read first, so that a followed stream includes events that are appended between the requests.
  const [head] = await all(ask(api, { direction: 'backwards', limit: 1 }, signal));
  const newest: ShownEvent[] = [];
  if (head !== undefined && last > 0) {
    for await (const event of ask(
      api,
      { ...filters, direction: 'backwards', from: head.position, limit: last },
      signal,
    )) {
      if (after !== undefined && BigInt(event.position) <= after) break;
      newest.push(event);
    }
  }
  yield* newest.reverse();
  if (follow)
    yield* ask(api, { ...filters, ...(head !== undefined && { after: head.position }), follow }, signal);
}

function filtersOf({ job, stream, category, type, actor, since, until }: EventsQuery): Query {
  return {
    ...(job !== undefined && { job }),
    ...(stream !== undefined && { stream }),
    ...(category !== undefined && { category }),
    ...(type !== undefined && { type }),
    ...(actor !== undefined && { actor }),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
  };
}

async function* ask(api: Api, query: Query, signal: AbortSignal): AsyncGenerator<ShownEvent> {
  const answer = api.GET('/audit/events', {
    params: { query: { ...query, format: 'ndjson' } },
    parseAs: 'stream',
    signal,
  });
  for await (const line of textLines(textOf(answer))) yield JSON.parse(line) as ShownEvent;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
