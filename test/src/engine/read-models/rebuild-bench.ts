import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECTIONS } from '#src/server/workers/folds.js';
import { openEventStoreReadOnly, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { buildMissing } from '#src/engine/read-models/parallel/build-missing.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { FOLDS } from '#src/server/index.js';
import { syntheticEvents, writeSyntheticLog } from './synthetic-log.js';

/** `node rebuild-bench.js DIRECTORY [jobs] [count] [together]`: writes a log once, rebuilds all models from it and prints the rate. */
const [directory = '/tmp/muster-rebuild-bench', jobs = '25000', count = '1', together = '1000'] =
  process.argv.slice(2);
const options = { jobs: Number(jobs), count: Number(count), nodes: 500, together: Number(together) };

if (!existsSync(join(directory, 'done'))) {
  await rm(directory, { recursive: true, force: true });
  const store = await openSqliteEventStore({ directory });
  await writeSyntheticLog(store, options);
  await store.close();
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(directory, 'done'), '');
}
for (let run = 0; run < Number(process.env['RUNS'] ?? 3); run += 1) {
  for (const suffix of ['', '-wal', '-shm'])
    await rm(join(directory, `read-models.db${suffix}`), { force: true });
  const store = openEventStoreReadOnly(directory);
  const storage = openSqliteStorage(directory);
  const begun = performance.now();
  const cpu = process.cpuUsage();
  if (process.env['ALONE'] === undefined) await buildMissing({ ...FOLDS, store, storage, directory });
  await new ReadModelEngine({ store, storage, projections: PROJECTIONS }).run();
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const events = syntheticEvents(options);
  console.log(
    `${events} events in ${seconds.toFixed(2)} s: ${Math.round(events / seconds)} a second; cpu ${((user + system) / 1e6).toFixed(2)} s; rss ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
  );
  await storage.close();
  await store.close();
}
