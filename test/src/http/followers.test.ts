import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import t from 'tap';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { eventually } from '../../fixtures/eventually.js';
import { aJob, openTestApi } from './support/test-api.js';
import { commandContext } from '../../fixtures/command-context.js';

const PASSWORD = 'password123';
const JOIN = 'a-join-token-of-some-length';

void t.test(
  'ends a stream within 5 seconds after its credential loses access, and no other stream',
  async (t) => {
    const api = await openTestApi(t, {
      settings: { testApiKey: undefined, joinToken: JOIN, host: '0.0.0.0' },
    });
    const { port } = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }));
    await firstAdministrator(
      api.identity,
      { username: 'root', password: PASSWORD },
      { uuid: () => globalThis.crypto.randomUUID() },
    );
    const ann = await api.identity.registrations.register(
      { username: 'ann', password: PASSWORD, role: 'admin' },
      commandContext(),
    );
    const logIn = async (username: string) => ({
      authorization: `Bearer ${((await api.say('POST', '/api/auth/login', { username, password: PASSWORD })).json() as { token: string }).token}`,
    });
    const follow = async (headers: Record<string, string>) => {
      const call = request({ port, path: '/audit/events?follow=true', headers });
      call.end();
      const [answer] = (await once(call, 'response')) as [IncomingMessage];
      t.equal(answer.statusCode, 200);
      const stream = { ended: false, bytes: 0, destroy: () => call.destroy() };
      answer.on('data', (chunk: Buffer) => (stream.bytes += chunk.length));
      answer.on('error', () => undefined);
      answer.on('close', () => (stream.ended = true));
      t.teardown(stream.destroy);
      return stream;
    };
    const root = await logIn('root');
    const key = (
      await api.say('POST', '/api/auth/api-keys', { name: 'k', scopes: ['audit'] }, root)
    ).json() as { id: string; api_key: string };
    const loggedOut = await logIn('ann');
    const stays = await follow(root);
    const endings: readonly (readonly [string, Record<string, string>, () => Promise<unknown>])[] = [
      [
        'a session that is logged out',
        loggedOut,
        () => api.say('POST', '/api/auth/logout', undefined, loggedOut),
      ],
      [
        'an API key that is revoked',
        { authorization: `Bearer ${key.api_key}` },
        () => api.say('DELETE', `/api/auth/api-keys/${key.id}`, undefined, root),
      ],
      [
        'a role that is withdrawn',
        await logIn('ann'),
        () => api.identity.users.changeRole(ann.userId, 'user', commandContext()),
      ],
      [
        'an account that is deactivated',
        await (async () => (
          await api.identity.users.changeRole(ann.userId, 'admin', commandContext()),
          logIn('ann')
        ))(),
        () => api.identity.users.setActive(ann.userId, false, commandContext()),
      ],
    ];
    for (const [what, headers, end] of endings) {
      await api.identity.users.changeRole(ann.userId, 'admin', commandContext());
      const stream = await follow(headers);
      await eventually(() => stream.bytes > 0);
      await end();
      await eventually(() => stream.ended, {
        timeout: 5_000,
        interval: 20,
        what: `end of the stream of ${what}`,
      });
    }
    const before = stays.bytes;
    t.equal((await api.say('POST', '/jobs', aJob(), root)).status, 200);
    await eventually(() => stays.bytes > before, { what: 'an event on the remaining stream' });
    t.notOk(stays.ended);
  },
);
