import { EventEmitter, once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { LogIndex } from '#src/engine/read-models/history/log-index.js';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { isFailure } from '#domain/kernel/event/index.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import type { Projection } from '#domain/kernel/projection.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { Batch } from '#src/engine/read-models/batch.js';
import { catchUp } from '#src/engine/read-models/catch-up.js';
import { indexNames, ModelFold } from '#src/engine/read-models/model-fold.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { AsOfReadModels } from '#src/engine/read-models/sqlite/as-of-read-models.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import {
  LOG_INDEX,
  mentionedPositions,
  mentionsFrom,
  pruneLogIndex,
  storeLogIndex,
} from '#src/engine/read-models/sqlite/log-index.js';
import { READ_MODELS_FILE } from '#src/engine/read-models/sqlite/schema.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { append } from '../../../../contract/read-models/fixture.js';
import { eventually } from '../../../../fixtures/eventually.js';
import { createMemoryEventStore } from '../../../../fixtures/memory-event-store.js';
import { exited, place, placed, released, started, submitted } from '../../../../projections/events.js';

const root = await mkdtemp(join(tmpdir(), 'muster-log-index-'));
t.teardown(() => rm(root, { recursive: true, force: true }));
const HOUR_MS = 3_600_000;
let folders = 0;

function newFolder(): string {
  folders += 1;
  const directory = join(root, String(folders));
  mkdirSync(directory);
  return directory;
}

async function project(
  store: EventStore,
  directory: string,
  projections: readonly Projection[] = PROJECTIONS,
  rebuilt?: string,
): Promise<void> {
  const storage = openSqliteStorage(directory, { history: true });
  try {
    const engine = new ReadModelEngine({ ...FOLDS, store, storage, projections });
    await engine.run();
    if (rebuilt !== undefined) await engine.rebuild(rebuilt);
  } finally {
    await storage.close();
  }
}

async function eventsOf(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of store.readAll()) events.push(...page);
  return events;
}

/** Records the whole life of a job, and a command that was run in it. */
async function live(store: EventStore, job: string, outcome: 'complete' | 'failed'): Promise<void> {
  const at = place(`allocation of ${job}`, job, 0);
  const about = {
    sessionId: job,
    allocationId: at.allocationId,
    jobId: job,
    nodeId: at.nodeId,
    task: 'main',
  };
  await append(store, [
    submitted(job),
    placed(at),
    started(at),
    { type: 'TaskCommandStarted', data: { ...about, command: ['ls'], terminal: false } },
    exited(at),
    released(at, outcome),
  ]);
}

/** Checks that the index agrees with the log completely. */
async function mustFit(t: Test, store: EventStore, directory: string, what: string): Promise<void> {
  const past = new AsOfReadModels({ ...FOLDS, directory, store });
  const events = await eventsOf(store);
  t.equal(past.indexedTo(), events.at(-1)!.position, `${what}: complete`);
  const all = { from: 0n, to: events.at(-1)!.position, newestFirst: false, limit: 1_000_000 };
  const wanted = new Map<string, bigint[]>();
  for (const { metadata, stream, data, position } of events) {
    const { $correlationId } = JSON.parse(metadata) as { $correlationId: string };
    const { jobId } = JSON.parse(data) as { jobId?: string };
    const keys = [`correlation ${$correlationId}`];
    const job = stream.startsWith('job-') ? stream.slice('job-'.length) : jobId;
    if (job !== undefined) keys.push(`job ${job}`);
    if (job !== undefined && stream.startsWith('command-')) keys.push(`commands ${job}`);
    for (const key of keys) wanted.set(key, [...(wanted.get(key) ?? []), position]);
  }
  for (const [key, positions] of wanted) {
    const [kind, ...words] = key.split(' ');
    const name = words.join(' ');
    const mention =
      kind === 'job' ? { job: name } : kind === 'commands' ? { commandsIn: name } : { correlation: name };
    t.strictSame(past.mentions(mention, all), positions, `${what}: ${key}`);
    t.strictSame(
      past.mentions(mention, { ...all, newestFirst: true, limit: 1 }),
      positions.slice(-1),
      `${what}: newest of ${key}`,
    );
  }
  for (const span of ['minute', 'hour'] as const) {
    const counts = past.counts(span, 0, Number.MAX_SAFE_INTEGER);
    const sum = (of: 'events' | 'failures'): number => counts.reduce((total, each) => total + each[of], 0);
    t.equal(sum('events'), events.length, `${what}: events by ${span}`);
    t.equal(
      sum('failures'),
      events.filter(({ type, data }) => isFailure(EVENT_CATALOG.definitionOf(type)!, data)).length,
      `${what}: failures by ${span}`,
    );
  }
  const { created } = events[Math.floor(events.length / 2)]!;
  const last = events.findLast((event) => event.created <= created)!;
  t.equal(await past.positionAt(created), last.position, `${what}: times`);
  past.close();
}

void t.test('is complete, however it was built', async (t) => {
  const [store, directory] = [createMemoryEventStore(), newFolder()];
  await live(store, 'hello', 'failed');
  await live(store, 'quoted.job_1', 'complete');
  await project(store, directory);
  await mustFit(t, store, directory, 'built');
  await live(store, 'other', 'complete');
  await project(store, directory);
  await mustFit(t, store, directory, 'continued');
  await project(store, directory, PROJECTIONS, 'jobs');
  await mustFit(t, store, directory, 'with a model that was rebuilt');
  const raised = PROJECTIONS.map((each) => ({ ...each, version: each.version + 1 }));
  await live(store, 'third', 'failed');
  await project(store, directory, [raised[0]!, ...PROJECTIONS.slice(1)]);
  await mustFit(t, store, directory, 'with a model of another version');
  await live(store, 'fourth', 'failed');
  await project(store, directory, raised);
  await mustFit(t, store, directory, 'with all models of other versions');
  const other = createMemoryEventStore();
  await live(other, 'elsewhere', 'failed');
  await project(other, directory, raised);
  await mustFit(t, other, directory, 'of another log');
});

void t.test('has no gaps if the engine stops during the first build', async (t) => {
  const [store, directory] = [createMemoryEventStore(), newFolder()];
  for (let job = 0; job < 5; job += 1) await live(store, `job-${job}`, 'failed');
  const head = (await eventsOf(store)).at(-1)!.position;
  for (const until of [3n, 7n, 8n, head]) {
    // The engine commits the events up to `until` and leaves the rest.
    const part = Object.assign(Object.create(store) as EventStore, {
      readAll: async function* (options: Parameters<EventStore['readAll']>[0]) {
        for await (const page of store.readAll(options))
          yield page.filter(({ position }) => position <= until);
      },
    });
    const storage = openSqliteStorage(directory, { history: true });
    const promote = t.intercept(storage, 'promote', { value: () => Promise.reject(new Error('it stops')) });
    const engine = new ReadModelEngine({
      ...FOLDS,
      store: part,
      storage,
    });
    await t.rejects(engine.run(), { message: 'it stops' });
    promote.restore();
    t.equal(await storage.indexedTo(), until);
    await storage.close();
  }
  await project(store, directory);
  await mustFit(t, store, directory, 'interrupted');
});

/** Builds the models like the threads that fold a long log: without an index. */
async function buildWithoutIndex(store: EventStore, directory: string): Promise<void> {
  const storage = openSqliteStorage(directory, { history: true });
  const folds: ModelFold[] = [];
  for (const each of PROJECTIONS)
    folds.push(
      await ModelFold.open(storage, each, await storage.create(each.name, each.version, indexNames(each))),
    );
  await catchUp(store, new Batch({ store, storage, catalog: EVENT_CATALOG, folds }));
  await storage.close();
}

void t.test('is completed after threads have built the models', async (t) => {
  const [store, directory] = [createMemoryEventStore(), newFolder()];
  for (let job = 0; job < 5; job += 1) await live(store, `job-${job}`, 'failed');
  await buildWithoutIndex(store, directory);
  await project(store, directory);
  await mustFit(t, store, directory, 'built by threads');
  await live(store, 'later', 'complete');
  await project(store, directory);
  await mustFit(t, store, directory, 'continued');
});

void t.test('is completed while events arrive', async (t) => {
  const [store, directory] = [createMemoryEventStore(), newFolder()];
  for (let job = 0; job < 50; job += 1) await live(store, `job-${job}`, 'failed');
  await buildWithoutIndex(store, directory);
  const storage = openSqliteStorage(directory, { history: true });
  const stop = new AbortController();
  const engine = new ReadModelEngine({
    ...FOLDS,
    store,
    storage,
    clock: systemClock,
  });
  const running = engine.run(stop.signal);
  for (let job = 0; job < 50; job += 1) await live(store, `new-${job}`, 'complete');
  const head = (await eventsOf(store)).at(-1)!.position;
  await eventually(async () => (await storage.indexedTo()) === head);
  stop.abort();
  await running;
  await storage.close();
  await mustFit(t, store, directory, 'followed');
});

void t.test('is completed only once, even if a model is rebuilt in the meantime', async (t) => {
  const [store, directory] = [createMemoryEventStore(), newFolder()];
  for (let job = 0; job < 50; job += 1) await live(store, `job-${job}`, 'failed');
  await project(store, directory);
  const storage = openSqliteStorage(directory, { history: true });
  await storage.forgetIndex();
  const stop = new AbortController();
  const engine = new ReadModelEngine({
    ...FOLDS,
    store,
    storage,
    clock: systemClock,
  });
  const rebuilt = new EventEmitter();
  const commit = storage.commit.bind(storage);
  // Delays the first commit of index data alone until after the rebuild.
  storage.commit = async (commits, index) => {
    if (commits.length === 0 && rebuilt.listenerCount('done') === 0) await once(rebuilt, 'done');
    await commit(commits, index);
  };
  const running = engine.run(stop.signal);
  await eventually(() => rebuilt.listenerCount('done') > 0);
  await engine.rebuild('jobs');
  storage.commit = commit;
  rebuilt.emit('done');
  await eventually(async () => (await storage.indexedTo()) === (await store.head()));
  stop.abort();
  await running;
  await storage.close();
  await mustFit(t, store, directory, 'with a rebuild');
});

void t.test('resumes where it stopped if the models were folded further without it', async (t) => {
  const [store, directory] = [createMemoryEventStore(), newFolder()];
  await live(store, 'hello', 'failed');
  await project(store, directory);
  await live(store, 'other', 'failed');
  const copy = join(directory, 'index.db');
  const db = new Sqlite(join(directory, READ_MODELS_FILE));
  for (const table of ['log_samples', 'log_counts', 'log_blocks', 'log_mentions'])
    db.exec(`ATTACH '${copy}' AS copy; CREATE TABLE copy.${table} AS SELECT * FROM ${table}; DETACH copy`);
  db.close();
  await project(store, directory);
  const back = new Sqlite(join(directory, READ_MODELS_FILE));
  for (const table of ['log_samples', 'log_counts', 'log_blocks', 'log_mentions'])
    back.exec(
      `ATTACH '${copy}' AS copy; DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM copy.${table}; DETACH copy`,
    );
  back.close();
  await live(store, 'third', 'complete');
  await project(store, directory);
  await mustFit(t, store, directory, 'with a gap');
});

void t.test('is rebuilt when history is switched on again', async (t) => {
  const [store, directory] = [createMemoryEventStore(), newFolder()];
  await live(store, 'hello', 'failed');
  await project(store, directory);
  const storage = openSqliteStorage(directory, { history: false });
  await new ReadModelEngine({ ...FOLDS, store, storage }).run();
  t.equal(await storage.indexedTo(), undefined);
  await storage.close();
  await live(store, 'other', 'failed');
  await project(store, directory);
  await mustFit(t, store, directory, 'switched on');
});

void t.test('finds mentions across commits, blocks and long distances', (t) => {
  const db = new Sqlite(':memory:');
  t.teardown(() => db.close());
  db.exec(LOG_INDEX);
  const far = 2n ** 24n;
  const mentions: (readonly [number, bigint])[] = [
    ...Array.from({ length: 40 }, (_, at) => [at % 3, BigInt(at)] as const),
    // Both hashes are stored as one key.
    [1, 50n],
    [1 + 2 ** 24, 50n],
    [2 ** 32 - 1, 51n],
    [1, far],
    [1, far + 8n],
    [1, 5n * far],
    [1, 2n ** 53n - 1n],
  ];
  for (let at = 0, size = 1; at < mentions.length; at += size, size = 1 + (size % 4)) {
    const part = mentions.slice(at, at + size);
    const samples = [{ position: part.at(-1)![1], created: 1, events: size }];
    db.transaction(() => storeLogIndex(db, { samples, counts: [], mentions: part }, 7))();
  }
  for (const key of [0, 1, 2, 2 ** 32 - 1]) {
    const positions = mentions.flatMap(([each, position]) => (each === key ? [position] : []));
    for (const newestFirst of [false, true])
      for (const limit of [1, 2, 5, 100])
        for (const [from, to] of [
          [0n, 2n ** 60n],
          [5n, 20n],
          [21n, far],
          [far, 2n * far],
        ] as const) {
          const within = positions.filter((position) => position >= from && position <= to);
          t.strictSame(
            mentionedPositions(db, key, { from, to, newestFirst, limit }),
            (newestFirst ? within.toReversed() : within).slice(0, limit),
            `${key}, ${from} to ${to}, ${limit}, newest first: ${newestFirst}`,
          );
        }
  }
  t.end();
});

void t.test('prunes blocks of mentions and counts of past hours in short steps', async (t) => {
  const db = new Sqlite(':memory:');
  t.teardown(() => db.close());
  db.exec(LOG_INDEX);
  const mentions = Array.from({ length: 20_000 }, (_, at) => [at % 5000, BigInt(at)] as const);
  const counts = [1, 2, 3].map((hour) => ({ span: HOUR_MS, start: hour * HOUR_MS, events: 1, failures: 0 }));
  const samples = [{ position: 19_999n, created: 3 * HOUR_MS, events: 20_000 }];
  db.transaction(() => storeLogIndex(db, { samples, counts, mentions }))();
  const all = { from: 0n, to: 30_000n, newestFirst: false, limit: 30_000 };
  const before = mentionedPositions(db, 3, all);
  t.equal(mentionsFrom(db), 0n);
  const steps = [...pruneLogIndex(db, 10_000n, BigInt(2.5 * HOUR_MS))].length;
  t.ok(steps >= 5, `${steps} steps`);
  const from = mentionsFrom(db);
  t.ok(from > 5_000n && from <= 10_000n, `mentions start at ${from}`);
  t.strictSame(
    mentionedPositions(db, 3, { ...all, from }),
    before.filter((position) => position >= from),
  );
  t.strictSame(db.prepare('SELECT start FROM log_counts').pluck(true).all(), [2 * HOUR_MS, 3 * HOUR_MS]);
  t.equal([...pruneLogIndex(db, 10_000n, BigInt(2.5 * HOUR_MS))].length, 1, 'nothing is left to prune');
  db.transaction(() =>
    storeLogIndex(db, {
      samples: [{ ...samples[0]!, position: 30_000n }],
      counts: [],
      mentions: [[3, 30_000n]],
    }),
  )();
  t.equal(mentionedPositions(db, 3, all).at(-1), 30_000n, 'new mentions are still indexed');
});

void t.test('counts an event of another program, but never as a failure', async (t) => {
  const index = new LogIndex(FOLDS, undefined);
  const event = { id: 'e', revision: 0, created: 60_000, metadata: '{}', data: '{"outcome":"failed"}' };
  index.add([
    { ...event, stream: 'theirs-1', type: 'Elsewhere', position: 1n },
    { ...event, stream: 'scheduler', type: 'AllocationReleased', position: 2n },
  ]);
  for (const { events, failures } of index.changes.counts) t.strictSame([events, failures], [2, 1]);
  t.equal(index.changes.counts.length, 2);
});
