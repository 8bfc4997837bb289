import t, { type Test } from 'tap';
import { MongoClient, type Db, type Document } from 'mongodb';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { openSqliteEventStore, type SqliteEventStore } from '#src/engine/event-store/index.js';
import { startProjector, type Projector } from '#src/engine/read-models/index.js';
import { openMongoReadModels } from '#src/stores/mongodb/mongo-read-models.js';
import { FOLDS } from '#src/process/index.js';
import { append, contents, expectedContents } from '../../../contract/read-models/fixture.js';
import { eventually } from '../../../fixtures/eventually.js';
import { FaultyProxy } from '../../../fixtures/faulty-proxy.js';
import { mongodb, mongodbMissing, type MongodbPlace } from '../../../fixtures/ferretdb.js';
import { required } from '../../../fixtures/requirement.js';
import {
  group,
  place as at,
  placed,
  released,
  specification,
  started,
  submitted,
  updated,
} from '../../../projections/events.js';

// Each server builds every model, which takes FerretDB long on a busy machine.
t.setTimeout(600_000);

const missing = mongodbMissing();
if (required(t, missing === undefined, missing ?? '')) declare();

interface Fleet {
  readonly store: SqliteEventStore;
  readonly place: MongodbPlace;
  readonly db: Db;
  /** One server's projector and its read models. `projects: false`: the read models do not use the projector. */
  server(options?: { readonly url?: string; readonly projects?: boolean }): {
    projector: Projector;
    models: ReadModels;
  };
}

async function fleet(t: Test): Promise<Fleet> {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  const place = await mongodb(t);
  const client = new MongoClient(place.url, { useBigInt64: true });
  t.teardown(async () => {
    await client.close();
    await store.close();
  });
  const server: Fleet['server'] = ({ url = place.url, projects = true } = {}) => {
    const projector = startProjector({
      entry: FOLDS.projector,
      eventStoreHandle: store.handle(),
      directory,
      place: { kind: 'mongodb', url },
    });
    const models = openMongoReadModels({
      projections: FOLDS.projections,
      url,
      clock: systemClock,
      ...(projects && { projector }),
    });
    t.teardown(async () => {
      await projector.close();
      await models.close();
    });
    return { projector, models };
  };
  return { store, place, db: client.db(), server };
}

function reader(t: Test, place: MongodbPlace): ReadModels {
  const models = openMongoReadModels({ projections: FOLDS.projections, url: place.url, clock: systemClock });
  t.teardown(() => models.close());
  return models;
}

const some = (from: number, to: number): ReturnType<typeof submitted>[] =>
  Array.from({ length: to - from }, (_, n) => [
    submitted(`j${from + n}`),
    placed(at(`a${from + n}`, `j${from + n}`)),
    started(at(`a${from + n}`, `j${from + n}`)),
  ]).flat();

/** Checks that the documents match the events once all events are folded. */
async function holds(t: Test, { store }: Fleet, models: ReadModels): Promise<void> {
  const head = (await store.head())!;
  await eventually(() => models.waitFor(head, 1000), { timeout: 30_000, what: 'the newest position' });
  t.strictSame(await contents(models), await expectedContents(store));
}

/** Every collection with its documents, as in a database dump. */
async function dump(db: Db): Promise<Map<string, Document[]>> {
  const kept = new Map<string, Document[]>();
  for (const { name } of await db.listCollections().toArray())
    kept.set(name, await db.collection(name).find().toArray());
  return kept;
}

async function restore(db: Db, kept: ReadonlyMap<string, Document[]>): Promise<void> {
  for (const { name } of await db.listCollections().toArray()) await db.dropCollection(name);
  for (const [name, documents] of kept) {
    // A running projector may already have created some of these. Like the real tool, this skips existing documents.
    if (documents.length > 0)
      await db
        .collection(name)
        .insertMany(documents, { ordered: false })
        .catch(() => undefined);
  }
}

function declare(): void {
  void t.test(
    'the next GET after a command shows its effect, with a local or remote projector',
    async (t) => {
      const all = await fleet(t);
      const { projector, models } = all.server();
      const elsewhere = reader(t, all.place);
      await projector.ready;
      const position = await append(all.store, [submitted('j'), placed(at('a', 'j')), started(at('a', 'j'))]);
      for (const each of [models, elsewhere]) {
        t.ok(await each.waitFor(position, 60_000));
        t.ok(each.position() >= position);
        t.match(JSON.parse((await each.get('jobs', 'j'))!.json), { status: 'running' });
        t.notOk(
          await each.waitFor(position + 1000n, 10),
          'a wait for a position that is not reached ends at its timeout',
        );
      }
      await eventually(() => projector.status.caughtUp);
      t.match(projector.status, { parked: { jobs: 0 }, problem: undefined });
      await projector.rebuild('jobs');
      await holds(t, all, elsewhere);
    },
  );

  void t.test('one of two projectors folds, and the other takes over', async (t) => {
    const all = await fleet(t);
    const first = all.server();
    await first.projector.ready;
    await append(all.store, some(0, 20));
    const second = all.server();
    await second.projector.ready;
    t.same([first.projector.fills, second.projector.fills], [true, false]);
    await holds(t, all, second.models);
    await append(all.store, some(20, 30));
    await holds(t, all, second.models);
    await first.projector.close();
    await append(all.store, [
      ...some(30, 40),
      released(at('a3', 'j3'), 'failed'),
      updated('j4', specification(group('web', 3))),
    ]);
    await holds(t, all, second.models);
    t.equal(second.projector.status.problem, undefined);
    t.same([first.projector.fills, second.projector.fills], [false, true]);
  });

  void t.test('rebuilds models after MongoDB was emptied', async (t) => {
    const all = await fleet(t);
    const { projector, models } = all.server();
    await projector.ready;
    await append(all.store, some(0, 30));
    await holds(t, all, models);
    await all.db.dropDatabase();
    // Nothing is appended, so the lease holder must notice by itself.
    await eventually(async () => (await models.get('jobs', 'j7')) !== undefined, {
      timeout: 60_000,
      what: 'the document j7',
    });
    await holds(t, all, models);
    t.equal(projector.status.problem, undefined);
  });

  void t.test('rebuilds a model whose collection is missing', async (t) => {
    const all = await fleet(t);
    const { projector, models } = all.server();
    await projector.ready;
    await append(all.store, some(0, 10));
    await holds(t, all, models);
    const { name } = (await all.db.listCollections().toArray()).find((each) => each.name.includes('_jobs_'))!;
    await all.db.dropCollection(name);
    await append(all.store, [updated('j3'), ...some(10, 12)]);
    await holds(t, all, models);
  });

  void t.test('rebuilds models after a document was damaged', async (t) => {
    const all = await fleet(t);
    const first = all.server();
    await first.projector.ready;
    await append(all.store, some(0, 5));
    await holds(t, all, first.models);
    await first.projector.close();
    const { name } = (await all.db.listCollections().toArray()).find((each) => each.name.includes('_jobs_'))!;
    await all.db
      .collection<{ _id: string }>(name)
      .updateOne({ _id: 'j3' }, { $set: { j: 'this is no document, and never was' } });
    const { projector, models } = all.server();
    await projector.ready;
    await append(all.store, [updated('j3')]);
    await holds(t, all, models);
    t.equal(projector.status.problem, undefined);
  });

  for (const running of [true, false]) {
    void t.test(
      `brings MongoDB up to date after a restore of an old dump, ${running ? 'with' : 'without'} a running projector`,
      async (t) => {
        const all = await fleet(t);
        const before = all.server();
        await before.projector.ready;
        await append(all.store, some(0, 20));
        await holds(t, all, before.models);
        const yesterday = await dump(all.db);
        await append(all.store, [...some(20, 40), updated('j5', specification(group('web', 2)))]);
        await holds(t, all, before.models);
        if (!running) await before.projector.close();
        await restore(all.db, yesterday);
        const { models } = running ? before : all.server();
        await append(all.store, some(40, 45));
        await holds(t, all, models);
      },
    );
  }

  void t.test(
    'reports reads as unavailable while MongoDB is down, accepts commands, and loses nothing',
    async (t) => {
      const all = await fleet(t);
      const proxy = await FaultyProxy.start(t, { host: all.place.host, port: all.place.port });
      const { projector, models } = all.server({ url: all.place.through(proxy) });
      await projector.ready;
      await append(all.store, some(0, 10));
      await holds(t, all, models);
      for (const fault of ['cut', 'half-open'] as const) {
        proxy.refuse();
        proxy.strike(fault);
        const position = await append(all.store, [
          submitted(`during-${fault}`),
          updated('j3', specification(group('web', 2))),
        ]);
        t.notOk(await models.waitFor(position, 50), 'the position is not reached while MongoDB is down');
        await t.rejects(models.get('jobs', 'j3'), { code: 'MUSTER_E_READ_MODEL_UNAVAILABLE' });
        t.equal(projector.status.problem, undefined, 'the projector does not give up');
        proxy.heal();
        await holds(t, all, models);
      }
    },
  );
}
