import t, { type Test } from 'tap';
import { MongoClient, type Db, type Document } from 'mongodb';
import { systemClock } from '#agents/clock/system-clock.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { openSqliteEventStore, type SqliteEventStore } from '#src/engine/event-store/index.js';
import { startProjector, type Projector } from '#src/engine/read-models/index.js';
import { openMongoReadModels } from '#src/engine/read-models/mongodb/index.js';
import { FOLDS } from '#src/server/index.js';
import { append, contents, expectedContents } from '../../../../contract/read-models/fixture.js';
import { eventually } from '../../../../fixtures/eventually.js';
import { FaultyProxy } from '../../../../fixtures/faulty-proxy.js';
import { mongodb, mongodbMissing, type MongodbPlace } from '../../../../fixtures/ferretdb.js';
import { required } from '../../../../fixtures/requirement.js';
import {
  group,
  place as at,
  placed,
  released,
  specification,
  started,
  submitted,
  updated,
} from '../../../../projections/events.js';

// Each server makes every model: next to other work that takes FerretDB its time.
t.setTimeout(300_000);

const missing = mongodbMissing();
if (required(t, missing === undefined, missing ?? '')) declare();

interface Fleet {
  readonly store: SqliteEventStore;
  readonly place: MongodbPlace;
  readonly db: Db;
  /** One server's projector, as far as it has one, and its reader. */
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

/** The documents are what the events say, once all of them are folded. */
async function holds(t: Test, { store }: Fleet, models: ReadModels): Promise<void> {
  const head = (await store.head())!;
  await eventually(() => models.waitFor(head, 1000), { timeout: 30_000, what: 'the newest position' });
  t.strictSame(await contents(models), await expectedContents(store));
}

/** Every collection with its documents, as a dump holds it. */
async function dump(db: Db): Promise<Map<string, Document[]>> {
  const kept = new Map<string, Document[]>();
  for (const { name } of await db.listCollections().toArray())
    kept.set(name, await db.collection(name).find().toArray());
  return kept;
}

async function restore(db: Db, kept: ReadonlyMap<string, Document[]>): Promise<void> {
  for (const { name } of await db.listCollections().toArray()) await db.dropCollection(name);
  for (const [name, documents] of kept) {
    // A projector at work has made some of it anew already: like the real tool this goes on behind what is there.
    if (documents.length > 0)
      await db
        .collection(name)
        .insertMany(documents, { ordered: false })
        .catch(() => undefined);
  }
}

function declare(): void {
  void t.test(
    'a GET after a command sees it: by the projector next to it, and by a look at MongoDB where that is elsewhere',
    async (t) => {
      const all = await fleet(t);
      const { projector, models } = all.server();
      const elsewhere = reader(t, all.place);
      await projector.ready;
      const position = await append(all.store, [submitted('j'), placed(at('a', 'j')), started(at('a', 'j'))]);
      for (const each of [models, elsewhere]) {
        t.ok(await each.waitFor(position, 5000));
        t.ok(each.position() >= position);
        t.match(JSON.parse((await each.get('jobs', 'j'))!.json), { status: 'running' });
        t.notOk(
          await each.waitFor(position + 1000n, 10),
          'what never comes is waited for no longer than asked',
        );
      }
      t.match(projector.status, { caughtUp: true, parked: { jobs: 0 }, problem: undefined });
      await projector.rebuild('jobs');
      await holds(t, all, elsewhere);
    },
  );

  void t.test(
    'of two projectors one works and the other watches; it goes on where the first ended',
    async (t) => {
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
    },
  );

  void t.test('emptied while it is in use, MongoDB is filled anew by itself', async (t) => {
    const all = await fleet(t);
    const { projector, models } = all.server();
    await projector.ready;
    await append(all.store, some(0, 30));
    await holds(t, all, models);
    await all.db.dropDatabase();
    // Nothing is appended: the holder of the lease finds out.
    await eventually(async () => (await models.get('jobs', 'j7')) !== undefined, {
      timeout: 20_000,
      what: 'j7',
    });
    await holds(t, all, models);
    t.equal(projector.status.problem, undefined);
  });

  void t.test('one collection less, and its model is built anew', async (t) => {
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

  void t.test(
    'a document that is no document any more does not stop the projector: the models are built anew',
    async (t) => {
      const all = await fleet(t);
      const first = all.server();
      await first.projector.ready;
      await append(all.store, some(0, 5));
      await holds(t, all, first.models);
      await first.projector.close();
      const { name } = (await all.db.listCollections().toArray()).find((each) =>
        each.name.includes('_jobs_'),
      )!;
      await all.db
        .collection<{ _id: string }>(name)
        .updateOne({ _id: 'j3' }, { $set: { j: 'this is no document, and never was' } });
      const { projector, models } = all.server();
      await projector.ready;
      await append(all.store, [updated('j3')]);
      await holds(t, all, models);
      t.equal(projector.status.problem, undefined);
    },
  );

  for (const running of [true, false]) {
    void t.test(
      `restored from yesterday's dump while ${running ? 'it is in use' : 'nobody uses it'}, MongoDB is filled anew by itself`,
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
    'while MongoDB is away reads say so, commands are taken, and afterwards nothing is missing',
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
        t.notOk(await models.waitFor(position, 50), 'the reader knows that it is behind');
        await t.rejects(models.get('jobs', 'j3'), { code: 'MUSTER_E_READ_MODEL_UNAVAILABLE' });
        t.equal(projector.status.problem, undefined, 'the projector does not give up');
        proxy.heal();
        await holds(t, all, models);
      }
    },
  );
}
