import t from 'tap';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { PROJECTIONS } from '#src/process/read-side/folds.js';
import { openEventStoreReadOnly, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { verify } from '#src/engine/read-models/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { buildMissing } from '#src/engine/read-models/parallel/build-missing.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { FOLDS } from '#src/process/index.js';
import { writeSyntheticLog } from './synthetic-log.js';

const directory = t.testdir();
const log = await openSqliteEventStore({ directory });
await writeSyntheticLog(log, { jobs: 300, count: 2, nodes: 5, together: 50 });
await log.close();
const store = openEventStoreReadOnly(directory);
t.teardown(() => store.close());

void t.test('builds the same models with threads as with a single engine', async (t) => {
  const storage = openSqliteStorage(directory);
  await buildMissing({ ...FOLDS, store, storage, directory, worthwhile: 1 });
  const built = await storage.generations();
  const head = await store.head();
  t.equal(built.length, PROJECTIONS.length);
  for (const { model, checkpoint, live } of built)
    t.match({ live, position: checkpoint?.position }, { live: false, position: head }, model);
  const made = tablesAndIndexes();
  await new ReadModelEngine({ ...FOLDS, store, storage }).run();
  t.strictSame(tablesAndIndexes(), made, 'the tables and indexes are the same');
  await storage.close();
  const verification = await verify({
    ...FOLDS,
    eventStore: store,
    directory,
  });
  t.strictSame(verification.findings, []);
  t.match(
    verification.models.find((each) => each.model === 'allocations'),
    { documents: 600 },
  );
});

function tablesAndIndexes(): readonly unknown[] {
  const file = new Sqlite(join(directory, 'read-models.db'), { readonly: true });
  try {
    return file.prepare('SELECT type, name FROM sqlite_master ORDER BY type, name').all();
  } finally {
    file.close();
  }
}

void t.test('completes the models after being killed at any moment of a build', async (t) => {
  for (let life = 0; life < 8; life += 1) {
    if (life % 3 === 0)
      for (const suffix of ['', '-wal', '-shm'])
        await rm(join(directory, `read-models.db${suffix}`), { force: true });
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('./killed-child.js', import.meta.url)), directory],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exit = once(child, 'exit');
    await once(child.stdout, 'data');
    await systemClock.sleep(10 + life * 70);
    child.kill('SIGKILL');
    await exit;
    const storage = openSqliteStorage(directory);
    await new ReadModelEngine({ ...FOLDS, store, storage }).run();
    t.equal(
      (await storage.generations()).filter((each) => !each.live).length,
      0,
      'no unfinished generation is left',
    );
    await storage.close();
    t.strictSame((await verify({ ...FOLDS, eventStore: store, directory })).findings, [], `life ${life}`);
  }
});
