import t from 'tap';
import { version } from '#src/engine/version.js';
import { openTestApi } from '../../../http/support/test-api.js';

void t.test('serves health to everyone at both paths', async (t) => {
  const api = await openTestApi(t, {
    settings: { testApiKey: undefined, joinToken: 'a-join-token-of-some-length', host: '0.0.0.0' },
  });
  for (const path of ['/api/v1/health', '/health']) {
    for (const headers of [{}, { authorization: 'Bearer x' }, { cookie: 'session=x' }] as Record<
      string,
      string
    >[]) {
      const said = await api.say('GET', path, undefined, headers);
      t.equal(said.status, 200);
      t.same(said.json(), { status: 'healthy', version: version() });
    }
  }
});

void t.test('reports a failing check and still responds', async (t) => {
  const api = await openTestApi(t, { readiness: () => [{ name: 'event-store', ok: false }] });
  const said = await api.say('GET', '/api/v1/health');
  t.equal(said.status, 200);
  t.match(said.json(), { status: 'degraded' });
});

void t.test('responds 404 with a JSON error', async (t) => {
  const api = await openTestApi(t);
  for (const path of ['/api/v1', '/api/v1/nothing', '/api/v1/health/more', '/health/more'])
    t.same((await api.say('GET', path)).json(), { error: `no such resource: GET ${path}` });
  t.equal((await api.say('POST', '/api/v1/health')).status, 404, 'a wrong method returns 404 as well');
});
