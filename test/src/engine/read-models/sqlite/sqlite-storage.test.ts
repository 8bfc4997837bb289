import t from 'tap';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { catchUp } from '#src/engine/read-models/catch-up.js';
import { Lane } from '#src/engine/read-models/lane.js';
import { indexNames, ModelFold } from '#src/engine/read-models/model-fold.js';
import { SqliteStorage } from '#src/engine/read-models/sqlite/sqlite-storage.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { jobs } from '#projections/jobs.js';
import { append } from '../../../../contract/read-models/fixture.js';
import { submitted, updated } from '../../../../projections/events.js';

void t.test('a generation may have its indexes before it is promoted: they follow what is folded afterwards', async (t) => {
  const store = createMemoryEventStore();
  const db = new Sqlite(':memory:');
  const storage = new SqliteStorage(db);
  const fold = await ModelFold.open(storage, jobs, await storage.create(jobs.name, jobs.version, indexNames(jobs)));
  const lane = new Lane(store, storage, [fold]);
  const indexes = (): unknown => db.prepare(`SELECT name FROM sqlite_master WHERE name LIKE 'jobs%' ORDER BY name`).pluck().all();

  await append(store, [submitted('a', undefined, 'one')]);
  await catchUp(store, lane);
  const without = indexes();
  storage.index(fold.generation);
  const made = indexes();
  t.notSame(made, without);

  await append(store, [updated('a', undefined, 'two'), submitted('b', undefined, 'three')]);
  await catchUp(store, lane);
  await storage.promote(fold.generation);
  t.strictSame(indexes(), made, 'the promotion finds them');
  const values = db.prepare(`SELECT value, sequence FROM "jobs_${fold.generation}_by_evaluation[]" ORDER BY sequence, value`).raw().all();
  t.strictSame(values, [
    ['one', 1],
    ['two', 1],
    ['three', 2],
  ]);
  await storage.close();
});
