import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import t from 'tap';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { openTestApi } from './support/test-api.js';

const PASSWORD = 'password123';
const context = () => ({
  commandId: globalThis.crypto.randomUUID(),
  repeatable: false,
  bodyDigest: '',
  correlationId: 't',
  causationId: 't',
  actor: 'test',
  surface: 'test',
});

void t.test(
  'an account follows so many streams, all accounts together leave a share to operators',
  async (t) => {
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
          context(),
        );
      const { token } = (
        await api.say('POST', '/api/auth/login', { username, password: PASSWORD })
      ).json() as { token: string };
      return { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    };
    /** Returns the status, or undefined while the request is pending. */
    const open = async (
      method: string,
      path: string,
      headers: Record<string, string>,
      body?: object,
    ): Promise<number | undefined> => {
      const call = request({ port, method, path, headers });
      call.on('error', () => undefined);
      t.teardown(() => call.destroy());
      call.end(body === undefined ? undefined : JSON.stringify(body));
      const answer = once(call, 'response').then(([response]) => (response as IncomingMessage).statusCode);
      return await Promise.race([
        answer,
        new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 1500)),
      ]);
    };
    let made = 0;
    /** A request that waits for a build that no node runs. */
    const waits = async (headers: Record<string, string>) =>
      await open('POST', '/api/conda/environment', headers, { name: `e${(made += 1)}` });
    const [ann, ben, cid, dan, root] = [
      await account('ann'),
      await account('ben'),
      await account('cid'),
      await account('dan'),
      await account('root'),
    ];
    t.same(await Promise.all([waits(ann), waits(ann)]), [undefined, undefined]);
    t.equal(await waits(ann), 429, 'more than one account may have');
    t.same(await Promise.all([ben, ben, cid, cid].map(waits)), [undefined, undefined, undefined, undefined]);
    t.equal(await waits(dan), 503, 'more than all accounts may have');
    t.equal(await open('GET', '/audit/events?follow=true', root), 200);
    t.equal(await open('GET', '/audit/events?follow=true', root), 200);
    t.equal(await open('GET', '/audit/events?follow=true', root), 503);
  },
);
