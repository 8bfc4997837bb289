import t from 'tap';
import { environments, type BuildEnd } from '#domain/environments/environment/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import {
  environmentBuilds,
  type EnvironmentBuildDocument,
} from '#projections/environments/environment-builds.js';
import { cookieIn } from '../../../fixtures/cookie.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { openTestApi, type TestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

t.setTimeout(60_000 * PATIENCE);

const ROOT = { username: 'root', password: 'password123' };
const FOREVER = 3_600_000;

void t.test('notices at the next poll that a build has ended', async (t) => {
  const clock = new TestClock(Date.now());
  const opened: TestApi[] = [];
  const models = (): ReadModels => {
    if (opened[0] === undefined) throw new Error('nothing is open yet');
    return opened[0].models;
  };
  // Without a result, a wait lasts an hour, longer than the test.
  const readModels: ReadModels = {
    shared: false,
    get: async (model, id) => await models().get(model, id),
    list: (model, options) => models().list(model, options),
    count: async (model, where) => await models().count(model, where),
    position: () => models().position(),
    waitFor: async (position) => await models().waitFor(position, FOREVER),
    close: async () => await models().close(),
  };
  const api = await openTestApi(t, { clock, readModels });
  opened.push(api);
  await api.identity.registrations.register({ ...ROOT, role: 'admin' }, commandContext());
  const cookie = cookieIn((await api.say('POST', '/login', ROOT)).headers);
  const before = clock.sleeping;
  const said = api.say('POST', '/api/conda/environment', { name: 'data' }, { cookie });
  const open = await eventually(async () => {
    for await (const [stored] of api.models.list(environmentBuilds.name))
      return stored && (JSON.parse(stored.json) as EnvironmentBuildDocument);
    return undefined;
  });
  await eventually(() => clock.sleeping > before);
  const end: BuildEnd = { outcome: 'failed', step: 'timeout', failed: [] };
  const { position } = await api.executor.execute(
    environments,
    open.environmentId,
    { kind: 'settle', build: open.build, end, seen: {}, keep: 3 },
    commandContext(),
  );
  await api.models.waitFor(position ?? 0n, FOREVER);
  await clock.advance(1_000);
  t.match((await said).json(), { success: false, error: 'The build took longer than an hour' });
});
