import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FOLDS } from '#src/process/read-side/folds.js';
import { openEventStoreReadOnly } from '#src/engine/event-store/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { buildMissing } from '#src/engine/read-models/parallel/build-missing.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { MUSTER } from '../../fixtures/program.js';
import { scanned } from '../floors/index.js';
import { ownDirectory } from '../fleet.js';
import { writeLivedLog } from '../lived-log.js';
import { number, type Figure, type Row } from '../row.js';

/** The shipped entry of the builder threads, in the same bundle as the program's. */
const BUILDER = new URL('../process/read-side/builder.js', pathToFileURL(MUSTER));

/** Does what a server does when its read models are gone: builds every model from the whole log until all have caught up. */
export const rebuild: Row = {
  name: 'rebuild',
  what: 'rebuild of all read models from a log of a million events',
  sense: 'least',
  floor: 'c',
  bar: 0.35,
  quickBar: 200,
  unit: 'events a second',
  async measure({ quick, runs }) {
    const directory = ownDirectory();
    const floors: number[] = [];
    try {
      const events = await writeLivedLog(directory, quick ? 20_000 : 1_000_000, quick ? 250 : 5_000);
      const figures: number[] = [];
      const notes: string[] = [];
      for (let run = 0; run < runs; run += 1) {
        const models = join(directory, `models-${run}`);
        const seconds = await rebuildAll(directory, models);
        rmSync(models, { recursive: true, force: true });
        figures.push(events / seconds);
        const floor = await scanned(directory);
        const scan = floor.events / floor.seconds;
        floors.push(scan);
        notes.push(
          `run ${run + 1}: ${events.toLocaleString('en-US')} events in ${number(seconds)} s; (c) ${number(scan)} events a second`,
        );
      }
      return { runs: figures, floors, notes } satisfies Figure;
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

async function rebuildAll(log: string, models: string): Promise<number> {
  const store = openEventStoreReadOnly(log);
  const storage = openSqliteStorage(models);
  try {
    const engine = new ReadModelEngine({ ...FOLDS, store, storage });
    const began = performance.now();
    await buildMissing({
      ...FOLDS,
      builder: BUILDER,
      store,
      storage,
      directory: models,
      eventsDirectory: log,
    });
    await engine.run();
    const seconds = (performance.now() - began) / 1000;
    if (engine.progress.position !== (await store.head()))
      throw new Error('the models are not at the end of the log');
    return seconds;
  } finally {
    await storage.close();
    await store.close();
  }
}
