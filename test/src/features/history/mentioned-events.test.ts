import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { EVENT_CATALOG } from '#domain/all-events.js';
import type { AnyEvent, Recorded } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { eventTexts } from '#src/features/history/event-stream.js';
import { settle, eventsQuery } from '#src/features/history/query.js';
import { LogSearch } from '#src/features/why/log-search.js';
import { AsOfReadModels } from '#src/engine/read-models/index.js';
import { LogIndex } from '#src/engine/read-models/history/log-index.js';
import { emptyLogIndex, pruneLogIndex, storeLogIndex } from '#src/engine/read-models/sqlite/log-index.js';
import { READ_MODELS_FILE } from '#src/engine/read-models/sqlite/schema.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { FOLDS } from '#src/process/index.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { exited, place, placed, released, started, submitted } from '../../../projections/events.js';
import { aJob, openTestApi } from '../../http/support/test-api.js';

t.setTimeout(120_000 * PATIENCE);

const { say, happened, store, models, events } = await openTestApi(t);
const directory = t.testdirName;
const history = new AsOfReadModels({
  ...FOLDS,
  directory,
  store,
});
t.teardown(() => history.close());

for (let at = 0; at < 150; at += 1) {
  const place_ = place(`allocation-${at}`, at % 3 === 0 ? 'hello' : 'other', 0);
  await happened(placed(place_), started(place_), exited(place_), released(place_, 'failed'));
}
await say('POST', '/jobs', aJob({ job_id: 'hello' }), { 'x-request-id': 'first-request' });
await say('POST', '/jobs', aJob({ job_id: 'hello-2' }));
await happened(submitted('third'));

/** Counts the events that are read with `readAll`. */
function counted(read: { events: number }): EventStore {
  const readAll: EventStore['readAll'] = async function* (options) {
    for await (const page of store.readAll(options)) {
      read.events += page.length;
      yield page;
    }
  };
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'readAll') return readAll;
      const value: unknown = Reflect.get(target, name);
      // The store has private members.
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

async function textOf(query: Readonly<Record<string, string>>, withIndex: boolean, from = store) {
  const wanted = settle(eventsQuery(EVENT_CATALOG.events).parse(query), undefined, undefined);
  const reads = {
    eventStore: from,
    catalog: EVENT_CATALOG,
    clock: systemClock,
    ...(withIndex && { history }),
  };
  let text = '';
  for await (const piece of eventTexts(reads, wanted, 1000, new AbortController().signal)) text += piece;
  return text;
}

async function mustFindAll(t: Test, mostKinds = 100): Promise<void> {
  const all = await events();
  const middle = String(all[Math.floor(all.length / 2)]!.position);
  const head = String(all.at(-1)!.position);
  const requests = [
    ...new Set(
      all.map(({ metadata }) => (JSON.parse(metadata) as { $correlationId: string }).$correlationId),
    ),
  ];
  let found = 0;
  const kinds = [
    { job: 'hello' },
    { job: 'other' },
    { job: 'hello-2' },
    { job: 'never' },
    { job: 'hello', category: 'scheduler' },
    { job: 'hello', category: 'task' },
    { job: 'hello', type: 'AllocationPlaced,JobSubmitted' },
    ...requests.slice(-4).map((correlation) => ({ correlation })),
    { correlation: 'never', job: 'hello' },
  ] as const;
  for (const what of kinds.slice(0, mostKinds))
    for (const where of [
      {},
      { from: middle },
      { after: middle },
      { from: head },
      { after: head },
      { from: '0' },
      { from: '9999999999' },
      { since: new Date(all[Math.floor(all.length / 3)]!.created).toISOString() },
    ] as const)
      for (const how of [
        {},
        { limit: '3' },
        { direction: 'backwards' },
        { direction: 'backwards', limit: '7' },
      ] as const) {
        const query = { ...what, ...where, ...how };
        const expected = await textOf(query, false);
        found += expected.length;
        t.equal(await textOf(query, true), expected, JSON.stringify(query));
      }
  t.ok(found > 0);
}

void t.test('the index finds exactly the events that a search of the whole log finds', async (t) => {
  await mustFindAll(t);
});

void t.test('an indexed search does not scan the log', async (t) => {
  await models.waitFor((await events()).at(-1)!.position, 10_000);
  const read = { events: 0 };
  t.ok((await textOf({ job: 'hello' }, true, counted(read))).length > 0);
  t.ok((await textOf({ job: 'hello', direction: 'backwards', limit: '1' }, true, counted(read))).length > 0);
  t.equal(read.events, 0);
});

void t.test('the index finds the events of a request of any age', async (t) => {
  const all = {
    show: async <Event extends Recorded<AnyEvent>>(event: Event) => await Promise.resolve(event),
  };
  for (const request of ['first-request', 'never'])
    for (const limit of [1, 100]) {
      const read = { events: 0 };
      const found = await new LogSearch(counted(read), EVENT_CATALOG, all, history).ofCorrelation(
        request,
        limit,
      );
      t.equal(read.events, 0, 'the log is not scanned');
      t.strictSame(
        found.events.map(({ position }) => position),
        (await new LogSearch(store, EVENT_CATALOG, all).ofCorrelation(request, limit)).events.map(
          ({ position }) => position,
        ),
      );
      t.equal(found.isComplete, found.events.length < limit);
    }
});

void t.test('a follower of a job gets its indexed events, then new ones', async (t) => {
  const stop = new AbortController();
  const wanted = settle(
    eventsQuery(EVENT_CATALOG.events).parse({ job: 'third', follow: 'true' }),
    undefined,
    undefined,
  );
  const read = { events: 0 };
  const reads = { eventStore: counted(read), catalog: EVENT_CATALOG, clock: systemClock, history };
  const types: string[] = [];
  for await (const text of eventTexts(reads, wanted, 1000, stop.signal)) {
    for (const line of text.split('\n').filter(Boolean))
      types.push((JSON.parse(line) as { type: string }).type);
    if (types.length === 1) await happened(placed(place('later', 'third', 0)));
    if (types.length === 2) break;
  }
  stop.abort();
  t.same(types, ['JobSubmitted', 'AllocationPlaced']);
});

void t.test('events pruned from the index are found by searching the log', async (t) => {
  const all = await events();
  await models.waitFor(all.at(-1)!.position, 10_000);
  const { position, created } = all[Math.floor(all.length / 4)]!;
  const db = new Sqlite(join(directory, READ_MODELS_FILE));
  db.pragma('busy_timeout = 5000');
  const index = new LogIndex(FOLDS, undefined);
  index.add(all);
  const earlier = index.changes.mentions.filter((mention) => mention[1] < position);
  emptyLogIndex(db);
  db.transaction(() => storeLogIndex(db, index.changes, earlier.length))();
  const steps = [...pruneLogIndex(db, position + 1n, BigInt(created))];
  t.ok(steps.length > 0);
  db.close();
  t.equal(history.indexedFrom(), position + 1n);
  t.equal(
    history.mentions({ job: 'hello' }, { from: 0n, to: position - 1n, newestFirst: true, limit: 1 }).length,
    0,
  );
  await mustFindAll(t, 2);
});
