import t from 'tap';
import { version } from '#src/engine/version.js';
import { openTestApi } from '../../kit/support/test-api.js';

void t.test('Health is open to everybody at both paths, whatever they send', async (t) => {
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

void t.test('Health reports a failing check of the server, and still responds', async (t) => {
  const api = await openTestApi(t, { readiness: () => [{ name: 'event-store', ok: false }] });
  const said = await api.say('GET', '/api/v1/health');
  t.equal(said.status, 200);
  t.match(said.json(), { status: 'degraded' });
});

void t.test('A missing object is 404 in the shape of this surface', async (t) => {
  const api = await openTestApi(t);
  for (const path of ['/api/v1', '/api/v1/nothing', '/api/v1/health/more', '/health/more'])
    t.same((await api.say('GET', path)).json(), { error: `no such resource: GET ${path}` });
  t.equal((await api.say('POST', '/api/v1/health')).status, 404, 'a wrong method too');
});
