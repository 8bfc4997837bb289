import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import t from 'tap';
import { NAMED_RESPONSES } from '#agents/platform/listener/index.js';

void t.test('writes documented headers in their documented case, and others unchanged', async (t) => {
  const app = fastify({ http: { ...NAMED_RESPONSES, requireHostHeader: false } });
  app.get(
    '/',
    async (_request, reply) =>
      await reply
        .code(418)
        .header('x-muster-error', 'MUSTER_E_INVALID')
        .header('x-other', 'a')
        .send({ error: 'no' }),
  );
  app.get(
    '/plain',
    async (_request, reply) =>
      await reply.header('x-muster-position', '7').header('set-cookie', ['a=1', 'b=2']).send('text'),
  );
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const ask = async (path: string): Promise<{ status: number | undefined; raw: string[] }> =>
    await new Promise((resolve, reject) => {
      const { port } = app.server.address() as AddressInfo;
      request({ port, path }, (response) =>
        resolve({ status: response.resume().statusCode, raw: response.rawHeaders }),
      )
        .on('error', reject)
        .end();
    });
  const refused = await ask('/');
  t.equal(refused.status, 418);
  t.ok(refused.raw.includes('X-Muster-Error') && refused.raw.includes('x-other'), refused.raw.join(' '));
  const done = await ask('/plain');
  t.ok(done.raw.includes('X-Muster-Position'), done.raw.join(' '));
  t.equal(done.raw.filter((each) => each === 'set-cookie').length, 2);
});
