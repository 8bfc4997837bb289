import { randomBytes } from 'node:crypto';
import { setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import pino from 'pino';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { ownSecret } from '#src/accounts/index.js';
import { answerQuestions } from '#src/engine/concurrency/index.js';
import { connectEventStore } from '#src/stores/connect.js';
import { showEventLoop } from '#src/engine/metrics/index.js';
import { AsOfReadModels } from '#src/engine/read-models/index.js';
import { KEYS_FILE, openMongoKeys, openSqliteKeys, RootKey, Sealer } from '#src/engine/sealing/index.js';
import { openDecisions } from '#src/fleet/scheduler/index.js';
import { loadSurfaces } from '../surfaces/load.js';
import { FOLDS } from '../read-side/folds.js';
import { AsOfApp } from './as-of-app.js';
import type { PastRequest } from '#src/http/index.js';
import type { AsOfStart } from './messages.js';

/** Requests for past states run at a low priority. */
const NICENESS = 15;

const {
  handle,
  directory,
  models: modelsDirectory,
  mongodbUrl,
  settings,
  scheduling,
  dataKey,
} = workerData as AsOfStart;

// On Linux this sets the priority of this thread only; on other systems it would affect the whole process.
if (process.platform === 'linux') setPriority(NICENESS);
showEventLoop();
const store = await connectEventStore(handle);
const models = new AsOfReadModels({ ...FOLDS, directory: modelsDirectory, store });
const keys = mongodbUrl === undefined ? openSqliteKeys(directory) : await openMongoKeys(mongodbUrl);
const root = new RootKey(dataKey ?? ownSecret(directory, 'data.key'));
const sealer = await Sealer.open({ keys, root, clock: systemClock, store: KEYS_FILE });
const app = new AsOfApp({
  catalog: FOLDS.catalog,
  models,
  store,
  decisions: openDecisions({ ...scheduling, store, catalog: FOLDS.catalog, clock: systemClock, directory }),
  surfaces: await loadSurfaces(),
  settings,
  // This thread does not issue or verify tokens.
  keys: { root, sealer, jwtSecret: randomBytes(32) },
  logger: pino({ level: 'silent' }),
});

answerQuestions(
  async (request: PastRequest) => await app.answer(request),
  async () => {
    await app.close();
    models.close();
    await keys.close();
    await store.close();
  },
);
