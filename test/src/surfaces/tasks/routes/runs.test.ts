import t from 'tap';
import { eventually } from '../../../../fixtures/eventually.js';
import { holdModels } from '../../../http/support/held-models.js';
import { tasksScene } from './scene.js';

void t.test('creates, runs and deletes a task from its stream before read models show it', async (t) => {
  const { api, ann, abe, ben } = await tasksScene(t, { limits: { waitMs: 50 } });
  await api.caughtUp();

  const release = holdModels(t);
  const task = {
    name: 'hourly',
    executor: 'shell',
    command: 'true',
    schedule: '0 * * * *',
    environment: { LANG: 'C' },
  };
  const made = await api.say('POST', '/api/tasks', task, ann);
  t.match(made, { status: 201, headers: { 'x-muster-stale': undefined } });
  t.match(await api.say('POST', '/api/tasks', { ...task, name: 'daily' }, ann), {
    status: 201,
    headers: { 'x-muster-stale': undefined },
  });
  const { id } = (made.json() as { data: { id: number } }).data;
  const path = `/api/tasks/${id}`;
  t.match(
    await api.say('GET', path, undefined, ann),
    { status: 404, headers: { 'x-muster-stale': 'true' } },
    'the read is stale, and marked as stale',
  );

  const run = await api.say('POST', `${path}/trigger`, { environment: { MORE: 'x' } }, ann);
  t.match(
    run,
    { status: 201, headers: { 'x-muster-position': String, 'x-muster-stale': 'true' } },
    'the response of the trigger is marked as stale',
  );
  t.match(run.json(), { data: { id: 1, task_id: id, trigger: 'manual', status: 'pending' } });
  const span = { from: '2020-01-01T00:30:00Z', to: '2020-01-01T02:30:00Z' };
  const filled = await api.say('POST', `${path}/backfill`, span, ann);
  t.match(filled, { status: 200, headers: { 'x-muster-stale': undefined } });
  t.match(filled.json(), { message: /^2 slots will run/ });
  for (const what of ['trigger', 'backfill']) {
    const body = what === 'trigger' ? {} : span;
    t.equal(
      (await api.say('POST', `${path}/${what}`, body, ben)).status,
      404,
      `${what}: a task of another tenant is not found`,
    );
    t.equal(
      (await api.say('POST', `${path}/${what}`, body, abe)).status,
      403,
      `${what}: another account of the tenant is refused`,
    );
  }
  const said = await api.say('PUT', path, { description: 'changed', status: 'paused' }, ann);
  t.match(
    said,
    { status: 200, headers: { 'x-muster-stale': 'true' } },
    'the runs in the response may be stale',
  );
  t.match(said.json(), {
    data: {
      ...(made.json() as { data: { id: number; created_at: string } }).data,
      description: 'changed',
      status: 'paused',
      next_run_at: null,
      unfinished_runs: 3,
      updated_at: String,
    },
  });
  const second = (time: string): number => Math.floor(Date.parse(time) / 1000);
  const created = (made.json() as { data: { created_at: string } }).data.created_at;
  await eventually(() => Math.floor(Date.now() / 1000) > second(created), { what: 'the next second' });
  for (const change of [{ schedule: '5 * * * *' }, { description: 'again' }])
    t.match(
      (await api.say('PUT', path, change, ann)).json(),
      { data: { created_at: created } },
      'a new schedule does not change when the task was created',
    );
  t.equal((await api.say('PUT', path, { description: 'x' }, ben)).status, 404);
  t.equal((await api.say('PUT', path, { description: 'x' }, abe)).status, 403);
  t.equal((await api.say('PUT', path, { status: 'active' }, ann)).status, 200);
  t.equal((await api.say('DELETE', path, undefined, ben)).status, 404);
  t.equal((await api.say('DELETE', path, undefined, abe)).status, 403);

  // A client that names a position waits for it.
  const named = await api.say('POST', `${path}/backfill`, span, {
    ...ann,
    'x-muster-min-position': String(run.headers['x-muster-position']),
  });
  t.match(named, { status: 200, headers: { 'x-muster-stale': 'true' } });

  t.equal((await api.say('DELETE', path, undefined, ann)).status, 204);
  for (const [method, gone, body] of [
    ['POST', `${path}/trigger`, {}],
    ['POST', `${path}/backfill`, span],
    ['DELETE', path, undefined],
  ] as const)
    t.equal(
      (await api.say(method, gone, body, ann)).status,
      404,
      `${method} ${gone}: the deleted task is not found`,
    );
  for (const nothing of ['0', '01', 'x', String(id + 2), '9999999999999999'])
    t.equal(
      (await api.say('POST', `/api/tasks/${nothing}/trigger`, {}, ann)).status,
      404,
      `${nothing} is not a task`,
    );
  release();
  await api.caughtUp();
  t.equal((await api.say('GET', path, undefined, ann)).status, 404);
});

void t.test('reports whether the schedule of a task is paused', async (t) => {
  const { api, ann } = await tasksScene(t);
  const made = await api.say(
    'POST',
    '/api/tasks',
    { name: 'hourly', executor: 'shell', command: 'true', schedule: '0 * * * *' },
    ann,
  );
  const path = `/api/tasks/${(made.json() as { data: { id: number } }).data.id}`;
  t.match((await api.say('GET', `${path}/schedule?next=1`, undefined, ann)).json(), {
    data: { status: 'active', paused: false, next: [String], past: [] },
  });
  for (const status of ['paused', 'disabled', 'active'] as const) {
    t.match(await api.say('PUT', path, { status }, ann), { status: 200 });
    const { data } = (await api.say('GET', `${path}/schedule?next=1`, undefined, ann)).json() as {
      data: { next: readonly string[] };
    };
    t.match(data, { status, paused: status === 'paused' });
    t.equal(data.next.length, status === 'active' ? 1 : 0);
  }
});
