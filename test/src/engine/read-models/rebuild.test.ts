import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { rebuildReadModels, requestRebuild } from '#src/engine/read-models/rebuild.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { append } from '../../../contract/read-models/fixture.js';
import { submitted } from '../../../projections/events.js';

/** Never runs, because the logs here are too short to need threads. */
const builder = new URL('data:text/javascript,throw new Error("nothing is built here")');

void t.test('reports an unknown model before it rebuilds any', async (t) => {
  const directory = t.testdir();
  const problem = { code: 'MUSTER_E_READ_MODEL_UNKNOWN', fields: { model: 'nothing' } };
  await t.rejects(
    requestRebuild({ directory, projections: PROJECTIONS, model: 'nothing', clock: systemClock }),
    problem,
  );
  const eventStore = createMemoryEventStore();
  await t.rejects(
    rebuildReadModels({
      ...FOLDS,
      eventStore,
      directory,
      builder,
      models: ['jobs', 'nothing'],
    }),
    problem,
  );
  const storage = openSqliteStorage(directory);
  t.teardown(() => storage.close());
  t.strictSame(await storage.generations(), []);
});

void t.test('rebuilds the requested models, or all of them, without a server', async (t) => {
  const directory = t.testdir();
  const eventStore = createMemoryEventStore();
  await append(eventStore, [submitted('j')]);
  const generations = async (): Promise<Readonly<Record<string, number>>> => {
    const storage = openSqliteStorage(directory);
    const states = await storage.generations();
    await storage.close();
    t.ok(states.every(({ live }) => live));
    return Object.fromEntries(states.map(({ model, generation }) => [model, generation]));
  };
  await rebuildReadModels({
    ...FOLDS,
    eventStore,
    directory,
    builder,
    models: [],
  });
  const first = await generations();
  await rebuildReadModels({
    ...FOLDS,
    eventStore,
    directory,
    builder,
    models: ['jobs'],
  });
  const second = await generations();
  t.not(second['jobs'], first['jobs']);
  t.strictSame({ ...second, jobs: 0 }, { ...first, jobs: 0 });
  await rebuildReadModels({
    ...FOLDS,
    eventStore,
    directory,
    builder,
  });
  const third = await generations();
  t.ok(Object.entries(second).every(([model, generation]) => third[model] !== generation));
});

void t.test('resolves a request when the server has rebuilt the model, or the signal aborts', async (t) => {
  const directory = t.testdir();
  const store = createMemoryEventStore();
  await append(store, [submitted('j')]);
  const storage = openSqliteStorage(directory);
  t.teardown(() => storage.close());
  const engine = new ReadModelEngine({ ...FOLDS, store, storage });
  await engine.run();
  const stopping = new AbortController();
  const ask = (): Promise<boolean> =>
    requestRebuild({
      directory,
      projections: PROJECTIONS,
      model: 'jobs',
      clock: systemClock,
      signal: stopping.signal,
    });
  const generation = async (): Promise<number | undefined> =>
    (await storage.generations()).find(({ model }) => model === 'jobs')?.generation;
  const before = await generation();
  const asked = ask();
  while ((await storage.requests()).length === 0) await systemClock.sleep(10);
  await engine.rebuild('jobs');
  t.equal(await asked, true);
  t.not(await generation(), before);
  const again = ask();
  stopping.abort();
  t.equal(await again, false);
});
