import t from 'tap';
import { tasksScene, type Headers, type TasksScene } from './scene.js';

const CALL = { executor: 'http', url: 'https://example.com/' };
type Task = { readonly id: number };

async function withoutRight({ api }: TasksScene): Promise<Headers> {
  await api.say('POST', '/api/auth/register', { username: 'cal', password: 'password123' });
  const { token } = (
    await api.say('POST', '/api/auth/login', { username: 'cal', password: 'password123' })
  ).json() as { token: string };
  return { authorization: `Bearer ${token}` };
}

void t.test('requires the right to execute for the priority critical', async (t) => {
  const scene = await tasksScene(t);
  const { api, ann } = scene;
  const cal = await withoutRight(scene);
  const refused = await api.say('POST', '/api/tasks', { ...CALL, name: 'first', priority: 'critical' }, cal);
  t.equal(refused.status, 403);
  t.match(refused.body, /priority critical requires the right execute/);
  const made = await api.say('POST', '/api/tasks', { ...CALL, name: 'second', priority: 'high' }, cal);
  t.equal(made.status, 201, made.body);
  const { id } = (made.json() as { data: Task }).data;
  t.equal((await api.say('PUT', `/api/tasks/${id}`, { priority: 'critical' }, cal)).status, 403);
  t.equal(
    (await api.say('POST', '/api/tasks', { ...CALL, name: 'third', priority: 'critical' }, ann)).status,
    201,
  );
});

void t.test('limits the timeout of an HTTP task to an hour', async (t) => {
  const { api, ann } = await tasksScene(t);
  const refused = await api.say('POST', '/api/tasks', { ...CALL, name: 'long', timeout_seconds: 3601 }, ann);
  t.equal(refused.status, 400);
  t.match(refused.body, /timeout_seconds: must be at most 3600 for http tasks/);
  const made = await api.say('POST', '/api/tasks', { ...CALL, name: 'hour', timeout_seconds: 3600 }, ann);
  t.equal(made.status, 201, made.body);
  const { id } = (made.json() as { data: Task }).data;
  t.equal((await api.say('PUT', `/api/tasks/${id}`, { timeout_seconds: 604_800 }, ann)).status, 400);
  const process = await api.say(
    'POST',
    '/api/tasks',
    { executor: 'shell', command: 'true', name: 'week', timeout_seconds: 604_800 },
    ann,
  );
  t.equal(process.status, 201, 'a process may take a week');
  const week = (process.json() as { data: Task }).data;
  t.equal(
    (await api.say('PUT', `/api/tasks/${week.id}`, { ...CALL, command: null }, ann)).status,
    400,
    'a task of a week cannot become an HTTP call',
  );
});
