import { PROJECTIONS } from '#src/process/read-side/folds.js';
import { openEventStoreReadOnly } from '#src/engine/event-store/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { buildMissing } from '#src/engine/read-models/parallel/build-missing.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { FOLDS } from '#src/process/index.js';

/** Builds the missing models, then rebuilds one after the other until it is killed. */
const directory = process.argv[2]!;
const store = openEventStoreReadOnly(directory);
const storage = openSqliteStorage(directory);
console.log('begun');
await buildMissing({ ...FOLDS, store, storage, directory, worthwhile: 1 });
const engine = new ReadModelEngine({ ...FOLDS, store, storage });
await engine.run();
console.log('built');
for (;;) for (const { name } of PROJECTIONS) await engine.rebuild(name);
