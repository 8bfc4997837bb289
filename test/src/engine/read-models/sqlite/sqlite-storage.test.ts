import t from 'tap';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { catchUp } from '#src/engine/read-models/catch-up.js';
import { Batch } from '#src/engine/read-models/batch.js';
import { indexNames, ModelFold } from '#src/engine/read-models/model-fold.js';
import { SqliteStorage } from '#src/engine/read-models/sqlite/sqlite-storage.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { jobs } from '#projections/jobs/jobs.js';
import { createMemoryEventStore } from '../../../../fixtures/memory-event-store.js';
import { append } from '../../../../contract/read-models/fixture.js';
import { submitted, updated } from '../../../../projections/events.js';

void t.test('updates indexes that were created before the promotion with later changes', async (t) => {
  const store = createMemoryEventStore();
  const db = new Sqlite(':memory:');
  const storage = new SqliteStorage(db);
  const fold = await ModelFold.open(
    storage,
    jobs,
    await storage.create(jobs.name, jobs.version, indexNames(jobs)),
  );
  const lane = new Batch({ store, storage, catalog: EVENT_CATALOG, folds: [fold] });
  const indexes = (): unknown =>
    db.prepare(`SELECT name FROM sqlite_master WHERE name LIKE 'jobs%' ORDER BY name`).pluck().all();

  await append(store, [submitted('a', undefined, 'one')]);
  await catchUp(store, lane);
  const without = indexes();
  storage.index(fold.generation);
  const made = indexes();
  t.notSame(made, without);

  await append(store, [updated('a', undefined, 'two'), submitted('b', undefined, 'three')]);
  await catchUp(store, lane);
  await storage.promote(fold.generation);
  t.strictSame(indexes(), made, 'the promotion keeps the existing indexes');
  const values = db
    .prepare(`SELECT value, sequence FROM "jobs_${fold.generation}_by_evaluation[]" ORDER BY sequence, value`)
    .raw()
    .all();
  t.strictSame(values, [
    ['one', 1],
    ['two', 1],
    ['three', 2],
  ]);
  await storage.close();
});

void t.test('writes only changed index values, or all if the previous ones are unknown', async (t) => {
  const db = new Sqlite(':memory:');
  const storage = new SqliteStorage(db);
  const { generation } = await storage.create('m', 1, ['colour', 'size']);
  await storage.promote(generation);
  db.exec('CREATE TABLE written (name TEXT)');
  for (const name of ['colour', 'size'])
    db.exec(
      `CREATE TRIGGER w_${name} AFTER UPDATE OF "by_${name}" ON "m_${generation}" BEGIN INSERT INTO written VALUES ('${name}'); END`,
    );
  let [expected, applied]: [bigint | undefined, bigint] = [undefined, 0n];
  const write = async (indexes: (string | null)[], indexed?: (string | null)[]): Promise<unknown> => {
    applied += 1n;
    const row = {
      id: 'a',
      sequence: 1,
      created: 1n,
      applied,
      json: '{}',
      parked: false,
      fresh: applied === 1n,
      indexes,
      indexed,
    };
    const checkpoint = { storeId: 's', position: applied, eventId: 'e', previous: undefined };
    const nothing = { clearedAt: undefined, removed: [], parked: [], unparked: [] };
    await storage.commit([
      { generation, model: 'm', expected, checkpoint, sequence: 1, rows: [row], ...nothing },
    ]);
    expected = applied;
    const written = db.prepare('SELECT name FROM written ORDER BY name').pluck().all();
    db.exec('DELETE FROM written');
    t.same((await storage.scan(generation, 0, 1))[0]?.indexes, indexes);
    return written;
  };
  t.same(await write(['red', null]), []);
  t.same(await write(['red', null], ['red', null]), []);
  t.same(await write(['red', 'big'], ['red', null]), ['size']);
  t.same(await write([null, 'big'], ['red', 'big']), ['colour']);
  t.same(await write(['blue', 'small'], [null, 'big']), ['colour', 'size']);
  t.same(await write(['blue', 'small']), ['colour', 'size']);
  t.same(
    (await storage.find(generation, 'size', 'small')).map(({ id }) => id),
    ['a'],
  );
  await storage.close();
});

void t.test('removes parked documents only with their generation', async (t) => {
  const db = new Sqlite(':memory:');
  const storage = new SqliteStorage(db);
  const parkedIn = async (): Promise<number> => {
    const { generation } = await storage.create('m', 1, []);
    const parked = { id: 'a', eventId: 'e', position: 1n, type: 'T', error: 'it does not fold' };
    const checkpoint = { storeId: 's', position: 1n, eventId: 'e', previous: undefined };
    const nothing = { clearedAt: undefined, removed: [], unparked: [] };
    await storage.commit([
      {
        generation,
        model: 'm',
        expected: undefined,
        checkpoint,
        sequence: 0,
        rows: [],
        parked: [parked],
        ...nothing,
      },
    ]);
    return generation;
  };
  const rows = () => db.prepare('SELECT DISTINCT generation FROM parked ORDER BY generation').pluck().all();
  const [dropped, replaced, live] = [await parkedIn(), await parkedIn(), await parkedIn()];
  await storage.drop(dropped);
  t.same(rows(), [replaced, live]);
  await storage.promote(live);
  t.same(rows(), [live], 'a promotion removes the parked documents of the replaced generation');
  t.match(await storage.parked(live), [{ id: 'a', error: 'it does not fold' }]);
  await storage.close();
});

void t.test('leaves nothing of a dropped or replaced generation', async (t) => {
  const db = new Sqlite(':memory:');
  const storage = new SqliteStorage(db);
  const made = async (): Promise<number> => (await storage.create('m', 1, ['colour', 'labels[]'])).generation;
  const parts = (): unknown =>
    db
      .prepare(
        `SELECT count(*) FROM sqlite_master WHERE name LIKE 'm\\_%' ESCAPE '\\' OR tbl_name LIKE 'm\\_%' ESCAPE '\\'`,
      )
      .pluck()
      .get();
  await storage.promote(await made());
  const ofOne = parts();
  t.ok(Number(ofOne) > 1);
  await storage.drop(await made());
  t.equal(parts(), ofOne);
  await storage.promote(await made());
  t.equal(parts(), ofOne);
  await storage.close();
});

void t.test('does not refill existing indexes at the promotion', async (t) => {
  const db = new Sqlite(':memory:');
  const storage = new SqliteStorage(db);
  const { generation } = await storage.create('m', 1, ['labels[]']);
  const insert = db.prepare(`INSERT INTO "m_${generation}" VALUES (?, ?, 1, 1, 0, 0, ?, '{}')`);
  const labelled = (): unknown =>
    db
      .prepare(`SELECT value, sequence FROM "m_${generation}_by_labels[]" ORDER BY sequence, value`)
      .raw()
      .all();
  insert.run(1, 'a', '["x","y"]');
  storage.index(generation);
  t.same(labelled(), [
    ['x', 1],
    ['y', 1],
  ]);
  insert.run(2, 'b', '["x"]');
  // If the index were filled again, this row would come back.
  db.prepare(`DELETE FROM "m_${generation}_by_labels[]" WHERE value = 'y'`).run();
  await storage.promote(generation);
  t.same(labelled(), [
    ['x', 1],
    ['x', 2],
  ]);
  await storage.close();
});
