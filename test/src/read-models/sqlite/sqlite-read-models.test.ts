import t from 'tap';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#agents/clock/system-clock.js';
import { PROJECTIONS } from '#projections/index.js';
import { openReadModels } from '#src/read-models/sqlite/sqlite-read-models.js';
import { openSqliteStorage } from '#src/read-models/sqlite/open-storage.js';
import { readModelsContract } from '../../../contract/read-models.js';

const root = await mkdtemp(join(tmpdir(), 'muster-read-models-'));
t.teardown(() => rm(root, { recursive: true, force: true }));
let places = 0;

void t.test('read models in SQLite keep the contract', (t) =>
  readModelsContract(t, async () => {
    places += 1;
    const directory = join(root, String(places));
    return {
      storage: async () => openSqliteStorage(directory),
      models: (projections = PROJECTIONS) => openReadModels({ directory, clock: systemClock, projections }),
    };
  }),
);
