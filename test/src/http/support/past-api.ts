import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import type { Test } from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { openDecisions } from '#src/fleet/scheduler/index.js';
import { AsOfReadModels } from '#src/engine/read-models/index.js';
import { AsOfApp } from '#src/process/as-of/as-of-app.js';
import { FOLDS, readSettings } from '#src/process/index.js';
import { loadSurfaces } from '#src/process/surfaces/load.js';
import type { PastAnswer, PastRequest } from '#src/http/index.js';
import { openTestApi, type TestApi } from './test-api.js';

/** Opens the API, which serves requests as of the past in the same thread. `mostListed`: maximum length of a past list without a limit. */
export async function openPastApi(
  t: Test,
  prepare?: (app: FastifyInstance) => void,
  mostListed?: number,
): Promise<TestApi> {
  const made: { app?: AsOfApp } = {};
  const ask = async (request: PastRequest): Promise<PastAnswer> => await made.app!.answer(request);
  const api = await openTestApi(t, { past: { ask } }, prepare);
  const models = new AsOfReadModels({
    catalog: EVENT_CATALOG,
    directory: t.testdirName,
    projections: FOLDS.projections,
    store: api.store,
    ...(mostListed !== undefined && { mostListed }),
  });
  made.app = new AsOfApp({
    catalog: EVENT_CATALOG,
    models,
    store: api.store,
    decisions: openDecisions({ store: api.store, catalog: EVENT_CATALOG, clock: systemClock }),
    surfaces: await loadSurfaces(),
    settings: {
      host: '127.0.0.1',
      joinToken: undefined,
      testApiKey: undefined,
      surfaces: readSettings({}).surfaces,
    },
    keys: { root: api.identity.root, sealer: api.identity.sealer, jwtSecret: randomBytes(32) },
    logger: pino({ level: 'silent' }),
  });
  t.teardown(async () => {
    await made.app?.close();
    models.close();
  });
  return api;
}
