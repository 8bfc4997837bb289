import t from 'tap';
import type { RouteAccess } from '#src/http/access/table.js';
import { PATIENCE } from '../../fixtures/eventually.js';
import { collectAccess } from '../../generated/authorization.js';
import { exited, place, released } from '../../projections/events.js';
import { everyObject } from './support/every-object.js';
import { openPastApi } from './support/past-api.js';
import { Replay } from './support/replay.js';

t.setTimeout(300_000 * PATIENCE);

let routes: RouteAccess[] = [];
const api = await openPastApi(t, (app) => (routes = collectAccess(app)));
const { create, made, ids, pathOf, headersOf, cookie } = await everyObject(api);

const replay = new Replay(api, { pathOf, headersOf }, routes);

void t.test('each GET as of an earlier moment returns what it returned then, on every surface', async (t) => {
  const step = async (): Promise<void> => await replay.look();
  await create(step);
  const more: readonly (() => Promise<unknown>)[] = [
    () => made('PUT', '/api/tasks/1', { name: 'backup-2', schedule: '0 4 1 1 *' }),
    () => made('DELETE', `/api/gpu-claims/${ids['/api/gpu-claims']}`),
    () => api.happened(exited(place('al', 'hello')), released(place('al', 'hello'), 'failed')),
    () => made('POST', '/api/auth/register', { username: 'ann', password: 'password123' }),
    () => made('POST', `/api/v1/services/${ids['/api/v1/services']}/stop`, {}),
    () => made('DELETE', '/api/secrets/password'),
    () => made('DELETE', '/api/conda/environment/data', undefined, cookie),
    () => made('DELETE', '/api/tasks/1'),
    () => made('DELETE', '/jobs/hello'),
  ];
  for (const change of more) {
    await change();
    await step();
  }
  const { wrong, told } = await replay.compare();
  t.same(wrong.slice(0, 5), [], `${wrong.length} answers differ`);
  for (const surface of [
    '/jobs',
    '/api/tasks',
    '/api/gpu-claims',
    '/api/v1/services',
    '/api/conda/environments',
    '/api/auth/users',
  ])
    t.ok((told.get(surface) ?? 0) > 15, `${surface} was asked ${told.get(surface)} times`);
});
