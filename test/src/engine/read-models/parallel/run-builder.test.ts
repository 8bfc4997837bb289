import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { indexNames } from '#src/engine/read-models/model-fold.js';
import type { BuilderStart } from '#src/engine/read-models/parallel/run-builder.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { PROJECTIONS } from '#src/process/read-side/folds.js';
import { append } from '../../../../contract/read-models/fixture.js';
import { submitted } from '../../../../projections/events.js';

const ENTRY = new URL('../../../../../src/process/read-side/builder.js', import.meta.url);
const MODELS = ['jobs', 'users'];
/** Enough pages that a builder receives its first message long before it has read them. */
const EVENTS = 20_000;

void t.test('folds the log into the given models and creates their indexes, or stops early', async (t) => {
  const directory = t.testdir({ whole: {}, stopped: {} });
  const log = await openSqliteEventStore({ directory });
  for (let from = 0; from < EVENTS; from += 1_000)
    await append(
      log,
      Array.from({ length: 1_000 }, (_, n) => submitted(`j${from + n}`)),
    );
  const head = await log.head();
  await log.close();
  const built = async (models: string, told: 'nothing' | 'stop') => {
    const storage = openSqliteStorage(models);
    for (const projection of PROJECTIONS)
      await storage.create(projection.name, projection.version, indexNames(projection));
    const worker = new Worker(ENTRY, {
      workerData: { models: MODELS, directory: models, eventsDirectory: directory } satisfies BuilderStart,
    });
    const ended = once(worker, 'exit');
    if (told === 'stop') worker.postMessage(told);
    t.strictSame(await ended, [0]);
    const positions = Object.fromEntries(
      (await storage.generations()).map(({ model, checkpoint }) => [model, checkpoint?.position]),
    );
    await storage.close();
    return positions;
  };
  const whole = await built(`${directory}/whole`, 'nothing');
  t.match(whole, { jobs: head, users: head, nodes: undefined }, 'other models are left to another builder');
  const stopped = await built(`${directory}/stopped`, 'stop');
  t.ok((stopped['jobs'] ?? -1n) < head!, `the builder stopped at ${stopped['jobs']}`);
});
