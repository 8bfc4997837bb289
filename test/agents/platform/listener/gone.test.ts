import { once } from 'node:events';
import { request } from 'node:http';
import fastify, { type FastifyReply } from 'fastify';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { goneSignal } from '#agents/platform/listener/index.js';
import { Followers } from '#src/http/index.js';
import { eventually } from '../../../fixtures/eventually.js';

void t.test(
  'aborts if the client disconnected before the response began, and frees its stream',
  async (t) => {
    const app = fastify();
    t.teardown(() => app.close());
    const followers = new Followers({ all: 1, perAccount: 1 }, systemClock);
    const late: FastifyReply[] = [];
    app.decorateRequest('principal', { getter: () => ({ kind: 'operator' }) } as never);
    app.get('/', async (_request, reply) => {
      await once(reply.raw, 'close');
      late.push(reply);
    });
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
    for (let round = 1; round <= 3; round += 1) {
      const call = request({ port, path: '/' });
      call.on('error', () => undefined).end();
      await once(app.server, 'request');
      call.destroy();
      await eventually(() => late.length === round);
      const reply = late.at(-1)!;
      t.ok(goneSignal(reply).aborted);
      t.ok(followers.admit(reply).aborted);
    }
  },
);

void t.test('aborts when the client disconnects', async (t) => {
  const app = fastify();
  t.teardown(() => app.close());
  let gone: AbortSignal | undefined;
  app.get('/', async (_request, reply) => {
    gone = goneSignal(reply);
    await new Promise(() => undefined);
  });
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const call = request({ port, path: '/' });
  call.on('error', () => undefined).end();
  await eventually(() => gone !== undefined);
  t.notOk(gone?.aborted);
  call.destroy();
  await eventually(() => gone?.aborted === true);
});
