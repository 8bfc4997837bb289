import t from 'tap';
import { mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { PROJECTIONS } from '#src/process/read-side/folds.js';
import { openReadModels } from '#src/engine/read-models/sqlite/sqlite-read-models.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { readModelsContract } from '../../../../contract/read-models.js';
import { draws } from '../../../../fixtures/wiring/wiring.js';
import type { ReadModelsPlace } from '../../../../contract/read-models/fixture.js';

t.setTimeout(600_000);

const root = await mkdtemp(join(tmpdir(), 'muster-read-models-'));
t.teardown(() => rm(root, { recursive: true, force: true }));
let places = 0;

/** An empty place. `isDistant`: as if the database were remote, so that the engine caches what it contains. */
const open = (isDistant: boolean) => async (): Promise<ReadModelsPlace> => {
  places += 1;
  const directory = join(root, String(places));
  mkdirSync(directory);
  return {
    storage: async () =>
      Object.defineProperty(openSqliteStorage(directory), 'isDistant', { value: isDistant }),
    models: (projections = PROJECTIONS) => openReadModels({ directory, clock: systemClock, projections }),
  };
};

void t.test('satisfies the read model contract in SQLite', (t) =>
  readModelsContract(t, open(false), { histories: draws(300) }),
);
void t.test('satisfies the read model contract with an engine that caches stored keys', (t) =>
  readModelsContract(t, open(true), { histories: draws(600) }),
);

void t.test('holds no file open after it is closed', async (t) => {
  const directory = t.testdir();
  await openSqliteStorage(directory).close();
  const held = (): number =>
    readdirSync('/proc/self/fd').filter((descriptor) => fileOf(descriptor).startsWith(directory)).length;
  t.equal(held(), 0);
  const models = openReadModels({ directory, clock: systemClock, projections: PROJECTIONS });
  await t.rejects(models.get('jobs', 'j'), { code: 'MUSTER_E_READ_MODEL_UNAVAILABLE' });
  t.ok(held() > 0);
  await models.close();
  t.equal(held(), 0);
});

void t.test('reports the models as unavailable without a file or directory', async (t) => {
  for (const directory of [t.testdir(), join(t.testdirName, 'none')]) {
    const models = openReadModels({ directory, clock: systemClock, projections: PROJECTIONS });
    await t.rejects(models.get('jobs', 'j'), { code: 'MUSTER_E_READ_MODEL_UNAVAILABLE' });
    t.equal(models.position(), -1n);
    t.equal(await models.waitFor(0n, 20), false);
    await models.close();
  }
});

/** Returns '' for a descriptor that has been closed in the meantime. */
function fileOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}
