import { PROJECTIONS } from '#src/server/workers/folds.js';
import { openEventStoreReadOnly, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openMongoStorage } from '#src/engine/read-models/mongodb/index.js';
import { createMemoryEventStore } from '../../../../fixtures/memory-event-store.js';
import { mongodb } from '../../../../fixtures/ferretdb.js';
import { ownFolder } from '../../../../fixtures/folder.js';
import { OwnScope } from '../../../../fixtures/scope.js';
import { syntheticEvents, writeSyntheticLog } from '../synthetic-log.js';

/**
 * `node projector-bench.js [jobs] [together]`: measures the CPU time of this process for projecting into MongoDB, without the server's.
 * It builds all models from the log, and follows the log page by page into live models. It also prints the rate with the server that ran.
 */
const [jobs = '3000', together = '100'] = process.argv.slice(2);
const options = { jobs: Number(jobs), count: 1, nodes: 50, together: Number(together) };
const events = syntheticEvents(options);
const scope = new OwnScope();
try {
  const directory = ownFolder(scope);
  const log = await openSqliteEventStore({ directory });
  await writeSyntheticLog(log, options);
  const head = (await log.head())!;
  await log.close();
  const store = openEventStoreReadOnly(directory);
  await measured('build', async (url) => {
    const storage = (await openMongoStorage({ url }))!;
    await new ReadModelEngine({ store, storage, projections: PROJECTIONS }).run();
    await storage.close();
  });
  await measured('follow', async (url) => {
    const storage = (await openMongoStorage({ url }))!;
    await new ReadModelEngine({
      store: createMemoryEventStore({ id: store.id }),
      storage,
      projections: PROJECTIONS,
    }).run();
    const stop = new AbortController();
    const engine = new ReadModelEngine({
      store,
      storage,
      projections: PROJECTIONS,
      onProgress: ({ position }) => position >= head && stop.abort(),
    });
    await engine.run(stop.signal);
    await storage.close();
  });
  await store.close();
} finally {
  await scope.end();
}

async function measured(name: string, work: (url: string) => Promise<void>): Promise<void> {
  const { url } = await mongodb(scope);
  const began = performance.now();
  const before = process.cpuUsage();
  await work(url);
  const { user, system } = process.cpuUsage(before);
  const [cpu, seconds] = [(user + system) / 1e6, (performance.now() - began) / 1000];
  console.log(
    `${name}: ${events} events; ${cpu.toFixed(2)} s of this process's CPU, which allows ${Math.round(events / cpu)} a second; with this server ${Math.round(events / seconds)} a second (${seconds.toFixed(1)} s)`,
  );
}
