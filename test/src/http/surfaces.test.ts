import fastify from 'fastify';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { answerErrors } from '#src/http/errors.js';
import { headerConstraints, onlyWith, type Mount } from '#src/http/mount.js';
import { messageAlone, Surfaces, type ErrorShape } from '#src/http/surfaces.js';

const named =
  (name: string): ErrorShape =>
  (error) => ({ body: { [name]: error.message } });
const error = new MusterError('MUSTER_E_JOB_NOT_FOUND');

void t.test('finds a surface by the longest prefix of whole path segments', (t) => {
  const surfaces = new Surfaces(messageAlone);
  surfaces.mount({ prefix: '/api' }, named('short'));
  surfaces.mount({ prefix: '/api/tasks' }, named('long'));
  const keyOf = (path: string): string | undefined =>
    Object.keys(surfaces.shapeOf(path, {})(error, 0).body as object)[0];
  t.equal(keyOf('/api/tasks'), 'long');
  t.equal(keyOf('/api/tasks/1'), 'long');
  t.equal(keyOf('/api/tasksx'), 'short');
  t.equal(keyOf('/apis'), 'error', 'a path outside all surfaces has the plain shape');
  t.end();
});

void t.test("applies a surface's policy to unknown paths", (t) => {
  const surfaces = new Surfaces(messageAlone);
  const accounts = { who: 'account', scope: 'x', accepts: ['cookie'] } as const;
  surfaces.mount({ prefix: '/api' }, named('open'));
  surfaces.mount(
    { prefix: '/api/shut', header: { name: 'authorization', present: false } },
    named('shut'),
    accounts,
  );
  surfaces.mount({ prefix: '/api/shut', header: { name: 'authorization', present: true } }, named('other'));
  t.equal(surfaces.unroutedOf('/api/shut/x', {}), accounts);
  for (const path of ['/api/shutx', '/api', '/', '/api/open/x'])
    t.equal(surfaces.unroutedOf(path, {}), undefined, path);
  t.equal(surfaces.unroutedOf('/api/shut', { authorization: '' }), undefined);
  t.end();
});

const WITH: Mount = { prefix: '/api/tasks', header: { name: 'authorization', present: true } };
const WITHOUT: Mount = { prefix: '/api/tasks', header: { name: 'authorization', present: false } };

void t.test('distinguishes two surfaces on one path by a header', async (t) => {
  const surfaces = new Surfaces(messageAlone);
  surfaces.mount(WITHOUT, named('second'));
  surfaces.mount(WITH, () => ({ status: 418, body: ['first'], headers: { 'x-of': 'first' } }));
  const app = fastify({ routerOptions: { constraints: headerConstraints([WITH, WITHOUT]) } });
  t.teardown(async () => await app.close());
  answerErrors(app, surfaces, 1000, systemClock);
  for (const [mount, name] of [
    [WITH, 'first'],
    [WITHOUT, 'second'],
  ] as const) {
    await app.register(async (scope) => {
      scope.get('/api/tasks', { ...onlyWith(mount.header!) }, () => name);
      scope.get(`/api/tasks/${name}`, () => name);
      scope.post('/api/tasks', { ...onlyWith(mount.header!) }, () => {
        throw error;
      });
    });
  }
  const said = async (method: 'GET' | 'POST', url: string, headers: Record<string, string> = {}) =>
    await app.inject({ method, url, headers });
  const shown = { authorization: 'Bearer x' };
  t.equal((await said('GET', '/api/tasks', shown)).body, 'first');
  t.equal((await said('GET', '/api/tasks')).body, 'second');
  t.match(
    await said('GET', '/api/tasks/second', shown),
    { statusCode: 200 },
    'a route of only one surface is served with any headers',
  );
  const refused = await said('POST', '/api/tasks', shown);
  t.match(
    refused,
    {
      statusCode: 418,
      body: '["first"]',
      headers: { 'x-of': 'first', 'x-muster-error': 'MUSTER_E_JOB_NOT_FOUND' },
    },
    'an error shape overrides status and headers',
  );
  t.match(await said('POST', '/api/tasks'), {
    statusCode: 404,
    body: JSON.stringify({ second: error.message }),
  });
  t.match(await said('GET', '/api/tasks/none', shown), { statusCode: 418 });
  t.match(await said('GET', '/api/tasks/none'), { statusCode: 404 });
});
