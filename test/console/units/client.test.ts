import t from 'tap';
import type * as Client from '../../../console/api/client.js';
import { loadConsole } from '../fixtures/load.js';

const { ApiError, mayPass } = await loadConsole<typeof Client>('api/client.ts');

void t.test('a page repeats reads that may succeed later, and only those', async (t) => {
  for (const status of [0, 429, 503]) t.equal(mayPass(new ApiError(status, 'later')), true, String(status));
  for (const status of [400, 401, 403, 404, 410, 500])
    t.equal(mayPass(new ApiError(status, 'never')), false, String(status));
  t.equal(mayPass(new TypeError('an unexpected failure')), true);
  t.equal(mayPass(null), false, 'a read that has not failed');
});
