import t from 'tap';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openTemporaryStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { FOLDS } from '#src/process/read-side/folds.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { append } from '../../../contract/read-models/fixture.js';
import { submitted } from '../../../projections/events.js';

void t.test('keeps the live model and at most one failed rebuild', async (t) => {
  const store = createMemoryEventStore();
  await append(store, [submitted('j')]);
  const storage = openTemporaryStorage();
  t.teardown(() => storage.close());
  const engine = new ReadModelEngine({ ...FOLDS, store, storage });
  await engine.run();
  const ofJobs = async () =>
    (await storage.generations()).filter(({ model }) => model === 'jobs').map(({ live }) => live);
  const commit = storage.commit.bind(storage);
  storage.commit = async () => {
    throw new Error('the disk is broken');
  };
  for (let failed = 0; failed < 3; failed += 1) {
    await t.rejects(engine.rebuild('jobs'), { message: 'the disk is broken' });
    t.strictSame(await ofJobs(), [true, false]);
  }
  storage.commit = commit;
  await engine.rebuild('jobs');
  t.strictSame(await ofJobs(), [true]);
});

void t.test('reports progress only while a rebuild runs', async (t) => {
  const store = createMemoryEventStore();
  const position = await append(store, [submitted('j'), submitted('k')]);
  const storage = openTemporaryStorage();
  t.teardown(() => storage.close());
  const engine = new ReadModelEngine({ ...FOLDS, store, storage });
  await engine.run();
  t.strictSame(engine.progress.building, {});
  const promote = storage.promote.bind(storage);
  const seen: unknown[] = [];
  storage.promote = async (generation) => {
    seen.push(engine.progress.building);
    await promote(generation);
  };
  await engine.rebuild('jobs');
  t.strictSame(seen, [{ jobs: position }]);
  t.strictSame(engine.progress.building, {});
});
