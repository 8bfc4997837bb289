import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import fastify, { type FastifyRequest } from 'fastify';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { Followers } from '#src/http/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { openTestApi } from './support/test-api.js';
import { commandContext } from '../../fixtures/command-context.js';

const PASSWORD = 'password123';

void t.test('limits streams per account, and reserves a share for operators', async (t) => {
  const api = await openTestApi(t, {
    settings: { testApiKey: undefined, joinToken: 'a-join-token-of-some-length', host: '0.0.0.0' },
    limits: { followers: 8, followersPerAccount: 2 },
  });
  const { port } = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }));
  await firstAdministrator(
    api.identity,
    { username: 'root', password: PASSWORD },
    { uuid: () => globalThis.crypto.randomUUID() },
  );
  const account = async (username: string): Promise<Record<string, string>> => {
    if (username !== 'root')
      await api.identity.registrations.register(
        { username, password: PASSWORD, role: 'user', execute: true },
        commandContext(),
      );
    const { token } = (await api.say('POST', '/api/auth/login', { username, password: PASSWORD })).json() as {
      token: string;
    };
    return { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  };
  /** Returns the status, or undefined if the connection closes without one. */
  const open = async (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: object,
  ): Promise<number | undefined> =>
    await new Promise<number | undefined>((resolve) => {
      const call = request({ port, method, path, headers });
      call.on('response', ({ statusCode }) => resolve(statusCode));
      call.on('error', () => resolve(undefined));
      t.teardown(() => call.destroy());
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  let made = 0;
  /** Sends a request that waits for a build that no node runs. */
  const waits = async (headers: Record<string, string>) =>
    await open('POST', '/api/conda/environment', headers, { name: `e${(made += 1)}` });
  const builds = async (): Promise<number> =>
    (await api.events()).filter(({ type }) => type === 'EnvironmentBuildRequested').length;
  /** Sends one such request for each account, and returns when all of them wait. A build is requested just before its request waits for it. */
  const held = async (...accounts: readonly Record<string, string>[]): Promise<void> => {
    const wanted = (await builds()) + accounts.length;
    const answers = accounts.map(waits);
    await eventually(async () => (await builds()) === wanted);
    t.equal(await Promise.race([...answers, pause(500, 'none')]), 'none', 'no request is answered yet');
  };
  const [ann, ben, cid, dan, root] = [
    await account('ann'),
    await account('ben'),
    await account('cid'),
    await account('dan'),
    await account('root'),
  ];
  await held(ann, ann);
  t.equal(await waits(ann), 429, 'an account cannot exceed its limit');
  await held(ben, ben, cid, cid);
  t.equal(await waits(dan), 503, 'all accounts together cannot exceed their share');
  t.equal(await open('GET', '/audit/events?follow=true', root), 200);
  t.equal(await open('GET', '/audit/events?follow=true', root), 200);
  t.equal(await open('GET', '/audit/events?follow=true', root), 503);
});

void t.test('self-registered accounts share a quarter of all streams', async (t) => {
  const app = fastify();
  t.teardown(() => app.close());
  const followers = new Followers({ all: 8, perAccount: 2 }, systemClock);
  app.decorateRequest('principal', {
    getter(this: FastifyRequest) {
      const [userId, execute] = String(this.headers['x-account']).split(' ');
      return { kind: 'user', role: 'user', tenantId: userId, userId, execute: execute === 'execute' };
    },
  } as never);
  app.setErrorHandler(async (_error, _request, reply) => await reply.code(429).send());
  app.get('/', (_request, reply) => {
    followers.admit(reply);
    reply.hijack();
    reply.raw.flushHeaders();
  });
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const follow = async (account: string): Promise<number | undefined> =>
    await new Promise<number | undefined>((resolve) => {
      const call = request({ port, path: '/', headers: { 'x-account': account } });
      call.on('response', ({ statusCode }) => resolve(statusCode));
      call.on('error', () => resolve(undefined));
      t.teardown(() => call.destroy());
      call.end();
    });
  t.equal(await follow('one'), 200);
  t.equal(await follow('two'), 200);
  t.equal(await follow('three'), 429);
  t.equal(await follow('ann execute'), 200);
});
