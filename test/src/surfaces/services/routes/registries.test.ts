import t from 'tap';
import { servicesScene } from './scene.js';

const PASSWORD = 'kept to ourselves 4711';
const LOGIN = { username: 'robot', password: PASSWORD };

void t.test('shows a credential only to its tenant, and never its password', async (t) => {
  const { api, as } = await servicesScene(t);
  const said: string[] = [];
  const say: typeof as = async (...args) => {
    const answer = await as(...args);
    said.push(answer.body);
    return answer;
  };
  const set = await say('ann', 'PUT', '/registries/registry.example:5000', LOGIN);
  t.match(
    [set.status, set.json()],
    [200, { host: 'registry.example:5000', username: 'robot', created_at: /Z$/ }],
  );
  t.equal((await say('bob', 'PUT', '/registries/docker.io', LOGIN)).status, 200);
  t.same(
    (await say('ann', 'PUT', '/registries/registry.example:5000', LOGIN)).json(),
    set.json(),
    'an unchanged credential is returned as it is',
  );
  for (const who of ['ann', 'bob', 'tia'] as const)
    t.match((await say(who, 'GET', '/registries')).json(), {
      registries: [{ host: 'docker.io' }, { host: 'registry.example:5000', username: 'robot' }],
      total: 2,
    });
  for (const who of ['eve', 'root'] as const) {
    t.same(
      (await say(who, 'GET', '/registries')).json(),
      { registries: [], total: 0 },
      'credentials of another tenant are not listed',
    );
    t.same((await say(who, 'DELETE', '/registries/docker.io')).status, 404);
  }
  t.equal(
    (await say('eve', 'PUT', '/registries/docker.io', { username: 'eve', password: 'another' })).status,
    200,
  );

  for (const [method, body] of [
    ['PUT', LOGIN],
    ['DELETE', undefined],
  ] as const)
    t.same(
      [(await say('bob', method, '/registries/registry.example:5000', body)).status],
      [403],
      'another account of the tenant cannot change the credential',
    );
  t.match(
    (await say('tia', 'PUT', '/registries/registry.example:5000', { ...LOGIN, username: 'tia' })).json(),
    { username: 'tia' },
  );
  t.same((await say('ann', 'DELETE', '/registries/registry.example:5000')).json(), {
    message: 'Registry credential removed',
  });
  t.same((await say('ann', 'DELETE', '/registries/registry.example:5000')).json(), {
    error: 'there is no credential for registry.example:5000',
  });

  const log = (await api.events()).map(({ data, metadata }) => data + metadata).join('\n');
  for (const text of [log, ...said]) t.notOk(text.includes(PASSWORD));
  t.notOk(log.includes('robot'), 'the username is sealed as well');
});

void t.test('does not restore a removed credential for a repeated key', async (t) => {
  const { as } = await servicesScene(t);
  const put = async (credential: object) =>
    await as('ann', 'PUT', '/registries/docker.io', credential, { 'idempotency-key': 'k' });
  const first = await put(LOGIN);
  t.equal(first.status, 200);
  await as('ann', 'DELETE', '/registries/docker.io');
  const again = await put(LOGIN);
  t.same([again.status, again.json()], [200, first.json()]);
  t.match((await as('ann', 'GET', '/registries')).json(), { total: 0 });
  t.equal((await put({ ...LOGIN, username: 'another' })).status, 422);
});

void t.test('refuses invalid registries and credentials, and reports the field', async (t) => {
  const { api, as } = await servicesScene(t);
  const hosts: Record<string, RegExp> = {
    'https:%2F%2Fghcr.io': /host: must be host\[:port\], without a scheme/,
    'ghcr.io%2Facme': /host: must be host\[:port\], without a path/,
    'GHCR.io': /host: must be in lower case/,
    acme: /host: must contain a dot or a port/,
    'ghcr.io:99999': /host: the port must be at most 65535/,
  };
  for (const [host, problem] of Object.entries(hosts)) {
    const wrong = await as('ann', 'PUT', `/registries/${host}`, LOGIN);
    t.match([wrong.status, wrong.json()], [400, { error: problem }], host);
  }
  for (const [body, problem] of [
    [{ username: 'a' }, /password/],
    [{ ...LOGIN, username: 'a:b' }, /username: must contain neither a colon nor NUL/],
    [{ ...LOGIN, password: '' }, /password/],
    [{ ...LOGIN, email: 'a@b.example' }, /email/],
  ] as const) {
    const wrong = await as('ann', 'PUT', '/registries/ghcr.io', body);
    t.match([wrong.status, wrong.json()], [400, { error: problem }]);
  }
  for (const method of ['GET', 'PUT', 'DELETE'])
    t.equal(
      (
        await api.say(
          method,
          `/api/v1/registries${method === 'GET' ? '' : '/ghcr.io'}`,
          method === 'PUT' ? LOGIN : undefined,
        )
      ).status,
      401,
    );
});
