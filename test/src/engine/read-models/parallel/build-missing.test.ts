import t, { type Test } from 'tap';
import { openEventStoreReadOnly, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { buildMissing } from '#src/engine/read-models/parallel/build-missing.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import { append } from '../../../../contract/read-models/fixture.js';
import { submitted } from '../../../../projections/events.js';

/** A log of one event, and storage for its models; both are closed with the test. */
async function scene(t: Test) {
  const directory = t.testdir();
  const log = await openSqliteEventStore({ directory });
  await append(log, [submitted('j')]);
  await log.close();
  const [store, storage] = [openEventStoreReadOnly(directory), openSqliteStorage(directory)];
  t.teardown(async () => {
    await storage.close();
    await store.close();
  });
  const build = (code: string, signal?: AbortSignal, projections = PROJECTIONS): Promise<void> =>
    buildMissing({
      store,
      storage,
      projections,
      directory,
      worthwhile: 1,
      builder: new URL(`data:text/javascript,${code}`),
      ...(signal !== undefined && { signal }),
    });
  return { store, storage, build };
}

void t.test('leaves unbuilt models for the engine to build if threads fail', async (t) => {
  const { storage, build } = await scene(t);
  await build('throw new Error("nothing is built here")');
  const states = await storage.generations();
  t.equal(states.length, PROJECTIONS.length);
  t.strictSame(
    new Set(states.map(({ live, checkpoint }) => `${live} ${checkpoint?.position}`)),
    new Set(['false undefined']),
  );
});

void t.test('stops its threads on abort, and waits until they have ended', async (t) => {
  const { build } = await scene(t);
  const stopping = new AbortController();
  const built = build(
    'import { parentPort } from "node:worker_threads"; parentPort.once("message", () => undefined)',
    stopping.signal,
  );
  // Nothing else ends the threads.
  setTimeout(() => stopping.abort(), 100);
  await built;
  t.ok(stopping.signal.aborted);
});

void t.test('does not build live models', async (t) => {
  const { store, storage, build } = await scene(t);
  await new ReadModelEngine({ ...FOLDS, store, storage }).run();
  const before = await storage.generations();
  await build('throw new Error("nothing is built here")');
  t.strictSame(await storage.generations(), before);
});

void t.test('starts threads for two models, but not for one', async (t) => {
  const { storage, build } = await scene(t);
  await build('', undefined, PROJECTIONS.slice(0, 1));
  t.strictSame(await storage.generations(), []);
  await build('', undefined, PROJECTIONS.slice(0, 2));
  t.strictSame(
    (await storage.generations()).map(({ model }) => model),
    PROJECTIONS.slice(0, 2).map(({ name }) => name),
  );
});
