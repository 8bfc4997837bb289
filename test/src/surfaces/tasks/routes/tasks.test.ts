import t from 'tap';
import { ZONE_DATA_VERSION } from '#domain/tasks/schedule/index.js';
import { tasks, type TaskCommand } from '#domain/tasks/task/index.js';
import { taskNameReservation } from '#domain/tasks/name/index.js';
import { sagaContext } from '#src/accounts/saga-context.js';
import { tasksScene, type Headers, type TasksScene } from './scene.js';

const BODY = { executor: 'shell', command: 'true' };
type Task = { readonly id: number; readonly name: string };

async function make({ api }: TasksScene, who: Headers, name: string, more: object = {}): Promise<Task> {
  const said = await api.say('POST', '/api/tasks', { ...BODY, name, ...more }, who);
  t.equal(said.status, 201, said.body);
  return (said.json() as { data: Task }).data;
}

/** Gives a task a name that older releases allowed. */
async function renamed({ api }: TasksScene, { id }: Task, name: string): Promise<void> {
  const state = await api.executor.load(tasks, String(id));
  if (state.kind !== 'present') throw new Error('there is no such task');
  const definition = { ...state.definition, name };
  const command: TaskCommand = {
    kind: 'update',
    taskId: id,
    definition,
    nameReservation: taskNameReservation('a', name),
    now: Date.now(),
    permitted: true,
  };
  const { position = 0n } = await api.executor.execute(
    tasks,
    String(id),
    command,
    sagaContext('test', { uuid: () => `00000000-0000-4000-8000-00000000000${id}` }),
  );
  await api.projector.waitFor(position, 30_000);
}

void t.test('shows with which time zone data the next run of a schedule was computed', async (t) => {
  const scene = await tasksScene(t);
  const { api, ann } = scene;
  const shown = async (name: string, more: object): Promise<Record<string, unknown>> => {
    const { id } = await make(scene, ann, name, more);
    const said = await api.say('GET', `/api/tasks/${id}`, undefined, ann);
    return (said.json() as { data: Record<string, unknown> }).data;
  };
  const zoned = await shown('zoned', { schedule: '0 12 * * *', timezone: 'Africa/Casablanca' });
  t.equal(zoned['zone_data'], ZONE_DATA_VERSION);
  for (const [name, more] of [
    ['in UTC', { schedule: '0 12 * * *' }],
    ['by hand', { timezone: 'Africa/Casablanca' }],
  ] as const)
    t.notOk('zone_data' in (await shown(name, more)), name);
});

void t.test('refuses names that look like numbers or are invisible', async (t) => {
  const scene = await tasksScene(t);
  const { api, ann } = scene;
  const kept = await make(scene, ann, 'kept');
  const before = (await api.events()).length;
  for (const name of ['123', '0', '007', '\u200b', ' ', '\u3164\u2800', '\u0301']) {
    for (const [method, path, body] of [
      ['POST', '/api/tasks', { ...BODY, name }],
      ['PUT', `/api/tasks/${kept.id}`, { name }],
    ] as const) {
      const said = await api.say(method, path, body, ann);
      t.equal(said.status, 400, `${method} ${JSON.stringify(name)}`);
      t.match(said.body, /name: must (not be a number|contain a visible character)/);
    }
  }
  t.equal((await api.events()).length, before, 'no event was appended');
  for (const name of ['2024-backup', '1.5', 'Größe', '夜間', '🚀']) await make(scene, ann, name);
});

void t.test('lets an old task keep a name that looks like a number until it is renamed', async (t) => {
  const scene = await tasksScene(t);
  const { api, ann } = scene;
  const old = await make(scene, ann, 'old');
  await renamed(scene, old, '123');
  const path = `/api/tasks/${old.id}`;
  t.match((await api.say('PUT', path, { status: 'paused', name: '123', command: 'false' }, ann)).json(), {
    data: { name: '123', command: 'false' },
  });
  t.equal((await api.say('PUT', path, { name: '124' }, ann)).status, 400);
  t.match((await api.say('PUT', path, { name: 'another' }, ann)).json(), { data: { name: 'another' } });
  await make(scene, ann, 'free again');
});

void t.test('treats all Unicode forms of a name as the same name', async (t) => {
  const scene = await tasksScene(t);
  const { api, ann } = scene;
  const [composed, apart] = ['NFC', 'NFD'].map((form) => 'Größe'.normalize(form)) as [string, string];
  const { id, name } = await make(scene, ann, apart);
  t.equal(name, apart, 'the name is shown as submitted');
  t.equal((await api.say('POST', '/api/tasks', { ...BODY, name: composed }, ann)).status, 409);
  for (const search of [composed, apart, 'GRÖSS'.slice(0, 3).normalize('NFD')]) {
    const { data } = (
      await api.say('GET', `/api/tasks?search=${encodeURIComponent(search)}`, undefined, ann)
    ).json() as { data: Task[] };
    t.same(
      data.map((each) => each.id),
      [id],
      search,
    );
  }
  t.equal((await api.say('PUT', `/api/tasks/${id}`, { name: composed }, ann)).status, 200);
});
