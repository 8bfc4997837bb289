import t, { type Test } from 'tap';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import type { NotificationTarget, TaskDefinition, TaskEventOf } from '#domain/tasks/task/index.js';
import type { Role } from '#domain/accounts/user/index.js';
import { sealPlace } from '#src/surfaces/tasks/notification-url.js';
import { openTestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

const HOOK = 'https://hooks.example.com/services/T0/B0/token-of-the-hook?key=k';
const MASKED = 'https://hooks.example.com/***';
const PATHS = ['', '/1', '/1/notices', '/1/notices/1'];

/** A tenant with a task's creator, another account, and an administrator. */
async function scene(t: Test) {
  const api = await openTestApi(t);
  const account = async (username: string, role: Role) => {
    const context = commandContext();
    await api.identity.registrations.register(
      { username, password: 'password123', role, tenantId: 'one', execute: true },
      context,
    );
    const { token } = (
      await api.say('POST', '/api/auth/login', { username, password: 'password123' })
    ).json() as { token: string };
    const say = async (method: string, path: string, body?: unknown): Promise<string> =>
      (await api.say(method, `/api/tasks${path}`, body, { authorization: `Bearer ${token}` })).body;
    return say;
  };
  const [ann, bob, head] = [
    await account('ann', 'user'),
    await account('bob', 'user'),
    await account('head', 'tenant_admin'),
  ];
  const missed = async (to: NotificationTarget): Promise<void> => {
    const slots = { slot: 1_767_225_600_000, until: 1_767_225_600_000, count: 1 };
    await api.happened({
      type: 'TaskNoticeDecided',
      data: { taskId: 1, notice: 1, on: 'missed', to, slots },
    });
  };
  const { sealer } = api.identity;
  const updates = async () =>
    (await api.events()).filter(({ type }) => type === 'TaskUpdated').map(({ data }) => definitionIn(data));
  return { api, ann, bob, head, missed, sealer, updates, place: await sealPlace(sealer, 'one', HOOK) };
}

function definitionIn(data: string): TaskDefinition {
  return (JSON.parse(data) as TaskEventOf<'TaskUpdated'>['data']).definition;
}

const body = { name: 'hooked', executor: 'shell', command: 'true', notify: { on: ['failure'], url: HOOK } };

void t.test('hides the path of a webhook from accounts that may not change the task', async (t) => {
  const { ann, bob, head, missed, place } = await scene(t);
  t.match(await ann('POST', '', body), 'token-of-the-hook');
  await missed(place);
  for (const path of PATHS) {
    for (const who of [ann, head]) t.match(await who('GET', path), HOOK, path);
    const said = await bob('GET', path);
    t.notMatch(said, 'token-of-the-hook', path);
    t.match(said, MASKED, path);
  }
});

void t.test('stores no webhook path in events, and seals an unchanged one only once', async (t) => {
  const { api, ann, place, updates } = await scene(t);
  await ann('POST', '', body);
  const [made] = (await api.events())
    .filter(({ type }) => type === 'TaskCreated')
    .map(({ data }) => definitionIn(data));
  t.same(made?.notify, { on: ['failure'], to: place });
  for (const same of [{}, { notify: body.notify }, { notify: { url: HOOK } }, { name: 'hooked' }])
    t.match(await ann('PUT', '/1', same), HOOK);
  t.same(await updates(), [], 'an unchanged task gets no event');
  t.match(await ann('PUT', '/1', { description: 'each night' }), HOOK);
  t.match(await ann('PUT', '/1', { notify: { on: ['missed'], url: HOOK } }), HOOK);
  t.match(await ann('PUT', '/1', { notify: { url: `${HOOK}2` } }), `${HOOK}2`);
  await ann('PUT', '/1', { notify: null });
  const [described, another, moved, silent] = await updates();
  t.same(described?.notify, { on: ['failure'], to: place });
  t.same(another?.notify, { on: ['missed'], to: place });
  t.match(moved?.notify, { on: ['failure'], to: { origin: 'https://hooks.example.com' } });
  t.notSame(moved?.notify?.to, place);
  t.equal(silent?.notify, undefined);
  for (const { type, data } of await api.events()) t.notMatch(data, 'token-of-the-hook', type);
});

void t.test("masks webhooks after the tenant's key is erased, and keeps their sealed text", async (t) => {
  const { ann, missed, place, sealer, updates } = await scene(t);
  await ann('POST', '', body);
  await missed(place);
  await sealer.eraseKey(tenantSubject('one'));
  for (const path of PATHS) {
    const said = await ann('GET', path);
    t.match(said, '"success":true', path);
    t.match(said, MASKED, path);
    t.notMatch(said, 'token-of-the-hook', path);
  }
  t.match(await ann('PUT', '/1', { description: 'each night' }), MASKED);
  t.match(await ann('PUT', '/1', { notify: { on: ['missed'], url: MASKED } }), MASKED);
  for (const { notify } of await updates()) t.same(notify?.to, place);
  t.match(await ann('PUT', '/1', { notify: { url: HOOK } }), HOOK);
  t.match(await ann('GET', '/1'), HOOK, 'a webhook that is set again is sealed with a new key');
  t.match(await ann('GET', '/1/notices'), MASKED, 'a webhook sealed with the erased key stays hidden');
});
