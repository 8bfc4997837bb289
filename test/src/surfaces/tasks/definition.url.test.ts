import t, { type Test } from 'tap';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import type { TaskDefinition, TaskEventOf, TaskWork } from '#domain/tasks/task/index.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { registered } from '../../../projections/events.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { tasksScene, type Headers } from './routes/scene.js';

const HOOK = 'https://hooks.example.com/services/T0/B0/token-of-the-hook?key=k';
const MASKED = 'https://hooks.example.com/***';
const PATHS = ['', '/1', '?search=hooks.example'];

async function scene(t: Test) {
  const { api, ann, abe, ben, root } = await tasksScene(t);
  const say = async (who: Headers, method: string, path: string, body?: object): Promise<string> =>
    (await api.say(method, `/api/tasks${path}`, body, who)).body;
  const definitions = async (): Promise<TaskDefinition[]> =>
    (await api.events())
      .filter(({ type }) => type === 'TaskCreated' || type === 'TaskUpdated')
      .map(({ data }) => (JSON.parse(data) as TaskEventOf<'TaskUpdated'>['data']).definition);
  return { api, ann, abe, ben, root, say, definitions };
}

const call = { name: 'call', executor: 'http', url: HOOK };

void t.test('shows what follows the host of a URL only to accounts that may change the task', async (t) => {
  const { api, ann, abe, ben, root, say } = await scene(t);
  t.match(await say(ann, 'POST', '', call), HOOK);
  for (const path of PATHS) {
    for (const who of [ann, root]) t.match(await say(who, 'GET', path), HOOK, path);
    const said = await say(abe, 'GET', path);
    t.notMatch(said, 'token-of-the-hook', path);
    t.match(said, MASKED, path);
    t.notMatch(await say(ben, 'GET', path), 'hooks.example.com', path);
  }
  t.match(await say(abe, 'GET', '?search=token-of'), '"data":[]', 'a search does not tell what is hidden');
  for (const { type, data } of await api.events()) t.notMatch(data, 'token-of-the-hook', type);
});

void t.test('keeps a sealed URL until it changes, and seals no plain origin', async (t) => {
  const { ann, say, definitions } = await scene(t);
  await say(ann, 'POST', '', call);
  for (const same of [{}, { url: HOOK }, { name: 'call' }]) t.match(await say(ann, 'PUT', '/1', same), HOOK);
  t.equal((await definitions()).length, 1, 'an unchanged task gets no event');
  t.match(await say(ann, 'PUT', '/1', { description: 'each night' }), HOOK);
  t.match(await say(ann, 'PUT', '/1', { headers: { A: 'b' } }), HOOK);
  t.match(await say(ann, 'PUT', '/1', { url: `${HOOK}2` }), `${HOOK}2`);
  t.match(await say(ann, 'PUT', '/1', { url: 'https://example.com/', headers: {} }), 'https://example.com/');
  const [made, described, withHeader, moved, plain] = (await definitions()).map(({ work }) => work);
  t.same(described, made);
  t.match(made, { url: 'https://hooks.example.com', urlSealed: true, sealedEnvironment: /^sealed:/ });
  t.match(withHeader, { url: 'https://hooks.example.com', urlSealed: true, headers: ['A'] });
  t.notMatch(moved, { sealedEnvironment: withHeader?.sealedEnvironment });
  t.match(plain, { url: 'https://example.com/', urlSealed: undefined, sealedEnvironment: undefined });
});

void t.test(
  'masks the plain URL of an old task as well, and seals it when the task next changes',
  async (t) => {
    const { api, ann, abe, say, definitions } = await scene(t);
    await say(ann, 'POST', '', { ...call, url: 'https://example.com/' });
    const { nameReservation } = JSON.parse(
      (await api.events()).find(({ type }) => type === 'TaskCreated')?.data ?? '',
    ) as TaskEventOf<'TaskCreated'>['data'];
    const work: TaskWork = { executor: 'http', url: HOOK, method: 'GET', headers: [], bodyPieces: 0 };
    await api.happened({
      type: 'TaskUpdated',
      data: { taskId: 1, nameReservation, definition: plainTask({ name: 'call', work }), keptFrom: 1 },
    });
    for (const path of PATHS) {
      t.match(await say(ann, 'GET', path), HOOK, path);
      const said = await say(abe, 'GET', path);
      t.notMatch(said, 'token-of-the-hook', path);
      t.match(said, MASKED, path);
    }
    t.match(await say(ann, 'PUT', '/1', { description: 'each night' }), HOOK);
    t.match((await definitions()).at(-1)?.work, { url: 'https://hooks.example.com', urlSealed: true });
  },
);

void t.test("a task whose tenant's key was erased needs its URL again", async (t) => {
  const { api, ann, say, definitions } = await scene(t);
  await say(ann, 'POST', '', { ...call, headers: { A: 'b' } });
  await api.identity.sealer.eraseKey(tenantSubject('a'));
  const { length } = await definitions();
  for (const path of PATHS) {
    const said = await say(ann, 'GET', path);
    t.match(said, '"success":true', path);
    t.match(said, MASKED, path);
  }
  const refused = await api.say('PUT', '/api/tasks/1', { description: 'each night' }, ann);
  t.equal(refused.status, 400);
  t.match(refused.body, 'url: can no longer be read, because its key was erased: set it again');
  t.equal((await definitions()).length, length);
  t.match(await say(ann, 'PUT', '/1', { url: HOOK }), HOOK);
  t.match(await say(ann, 'GET', '/1'), HOOK);
});

void t.test('refuses a call that no node may make, once nodes say what they may call', async (t) => {
  const { api, ann } = await scene(t);
  const create = async (name: string, url: string) => {
    const { status, body } = await api.say('POST', '/api/tasks', { name, executor: 'http', url }, ann);
    return [status, (JSON.parse(body) as { readonly message: string }).message];
  };
  const change = async (changes: object) => (await api.say('PUT', '/api/tasks/1', changes, ann)).status;
  const allowing = (nodeId: string, list?: string): MusterEvent => {
    const event = registered(nodeId);
    return event.type === 'NodeRegistered'
      ? { ...event, data: { ...event.data, attributes: list === undefined ? {} : { 'http.allow': list } } }
      : event;
  };
  t.equal((await create('early', 'http://10.0.0.5/hook'))[0], 201, 'no node has registered');
  await api.happened(allowing('n1', '10.0.0.7:80'));
  for (const host of [
    '10.0.0.5',
    '169.254.169.254',
    'localhost:1',
    '[::1]',
    '[::ffff:10.0.0.5]',
    '10.0.0.7:81',
  ]) {
    const name = 'never';
    const [status, message] = await create(name, `http://${host}/hook`);
    t.equal(status, 400, host);
    t.match(message, /^url: .* no node may call it: .* to MUSTER_HTTP_ALLOW on the nodes$/, host);
  }
  t.equal(await change({ description: 'kept', url: 'http://10.0.0.5/other' }), 200, 'keeps its host');
  t.equal(await change({ url: 'http://10.0.0.6/hook' }), 400);
  t.equal(await change({ url: 'http://10.0.0.7/hook' }), 200, 'allowed');
  t.equal((await create('name', 'http://wiki.intern/'))[0], 201, 'only a node can resolve the name');
  await api.happened(allowing('n2'));
  t.equal((await create('unknown', 'http://10.0.0.5/'))[0], 201, 'one node does not say what it may call');
});
