import t from 'tap';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#agents/clock/system-clock.js';
import { PROJECTIONS } from '#src/server/folds.js';
import { openReadModels } from '#src/engine/read-models/sqlite/sqlite-read-models.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { readModelsContract } from '../../../../contract/read-models.js';
import type { ReadModelsPlace } from '../../../../contract/read-models/fixture.js';

t.setTimeout(300_000);

const root = await mkdtemp(join(tmpdir(), 'muster-read-models-'));
t.teardown(() => rm(root, { recursive: true, force: true }));
let places = 0;

/** An empty place; `isDistant`: as if the database were some way off, so that the engine remembers what it holds. */
const open = (isDistant: boolean) => async (): Promise<ReadModelsPlace> => {
  places += 1;
  const directory = join(root, String(places));
  return {
    storage: async () => Object.defineProperty(openSqliteStorage(directory), 'isDistant', { value: isDistant }),
    models: (projections = PROJECTIONS) => openReadModels({ directory, clock: systemClock, projections }),
  };
};

void t.test('read models in SQLite keep the contract', (t) => readModelsContract(t, open(false)));
void t.test('an engine that remembers what its storage holds keeps the contract', (t) => readModelsContract(t, open(true), { histories: 200 }));
