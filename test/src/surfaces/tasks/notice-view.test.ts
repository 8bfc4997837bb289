import { randomUUID } from 'node:crypto';
import t from 'tap';
import { shownUrl } from '#src/surfaces/tasks/notice-view.js';
import { openTestApi } from '../kit/support/test-api.js';

const HOOK = 'https://hooks.example.com/services/T0/B0/token-of-the-hook?key=k';

void t.test('of who is told others see scheme and host alone', async (t) => {
  t.equal(shownUrl(HOOK, true), HOOK);
  t.equal(shownUrl(HOOK, false), 'https://hooks.example.com/***');
  t.equal(shownUrl('http://[2001:db8::1]:8080/x', false), 'http://[2001:db8::1]:8080/***');
});

void t.test('who may not change a task is not shown the path of its hook, in the task, in lists and in its notices', async (t) => {
  const api = await openTestApi(t);
  const account = async (username: string, role: 'user' | 'tenant_admin') => {
    const context = { commandId: randomUUID(), repeatable: false, bodyDigest: '', correlationId: 't', causationId: 't', actor: 'test', surface: 'test' };
    await api.identity.registrations.register({ username, password: 'password123', role, tenantId: 'one', execute: true }, context);
    const { token } = (await api.say('POST', '/api/auth/login', { username, password: 'password123' })).json() as { token: string };
    return async (method: string, path: string, body?: unknown): Promise<string> =>
      (await api.say(method, `/api/tasks${path}`, body, { authorization: `Bearer ${token}` })).body;
  };
  const [ann, bob, head] = [await account('ann', 'user'), await account('bob', 'user'), await account('head', 'tenant_admin')];
  t.match(await ann('POST', '', { name: 'hooked', executor: 'shell', command: 'true', notify: { on: ['failure'], url: HOOK } }), 'token-of-the-hook');
  await api.happened({
    type: 'TaskNoticeDecided',
    data: { taskId: 1, notice: 1, on: 'missed', url: HOOK, slots: { slot: 1_767_225_600_000, until: 1_767_225_600_000, count: 1 } },
  });
  for (const path of ['', '/1', '/1/notices', '/1/notices/1']) {
    for (const who of [ann, head]) t.match(await who('GET', path), 'token-of-the-hook', path);
    const said = await bob('GET', path);
    t.notMatch(said, 'token-of-the-hook', path);
    t.match(said, 'https://hooks.example.com/***', path);
  }
});
