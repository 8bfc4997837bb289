import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(600_000);

const server = await startServer(t, {
  dataDir: join(ownFolder(t), 'server'),
  env: { MUSTER_ADMIN_PASSWORD: 'password123' },
});
await startAgent(t, server);
const root = await TaskAccount.logIn(server.api, 'admin', 'password123');

interface Filled {
  readonly runs: readonly { readonly slot: string; readonly run_id: number }[];
  readonly left_out: readonly { readonly slot: string; readonly reason: string }[];
}

void t.test('a backfill runs each past slot once, even if runs of the task must not overlap', async (t) => {
  const command = 'echo $MUSTER_SLOT $MUSTER_TRIGGER $MUSTER_ATTEMPT $OWN';
  const { id } = await root.create({
    name: 'daily',
    command,
    schedule: '0 2 * * *',
    environment: { OWN: 'word' },
  });
  const span = { from: '2026-01-01T00:00:00Z', to: '2026-01-04T00:00:00Z' };
  const path = `/api/tasks/${id}/backfill`;
  const first = await root.call<Filled>('post', path, span);
  t.match(first, { status: 200, body: { success: true, message: '3 slots will run, 0 left out' } });
  t.same(first.body.data, {
    runs: ['2026-01-01', '2026-01-02', '2026-01-03'].map((day, index) => ({
      slot: `${day}T02:00:00Z`,
      run_id: index + 1,
    })),
    left_out: [],
  });
  for (const run of [1, 2, 3]) {
    const slot = `2026-01-0${run}T02:00:00Z`;
    t.match(
      await root.is(id, run, 'success'),
      { trigger: 'backfill', slot, output: `${slot} backfill 1 word\n` },
      'each run gets its slot',
    );
  }
  t.match((await root.call<Filled>('post', path, { ...span, to: '2026-01-05T00:00:00Z' })).body.data, {
    runs: [{ slot: '2026-01-04T02:00:00Z', run_id: 4 }],
    left_out: [
      { slot: '2026-01-01T02:00:00Z', reason: 'decided' },
      { reason: 'decided' },
      { reason: 'decided' },
    ],
  });
  await root.is(id, 4, 'success');
  t.match((await root.schedule(id, '?next=0&past=1')).past, [
    { slot: '2026-01-04T02:00:00Z', decision: 'run', run_id: 4 },
  ]);

  const refused = async (body: object, message: RegExp): Promise<void> =>
    void t.match(await root.call('post', path, body), {
      status: 400,
      body: { success: false, data: null, message },
    });
  await refused(
    { from: '2020-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' },
    /^to: the range has 2192 slots; the limit is 1000/,
  );
  await refused({ ...span, to: '2999-01-01T00:00:00Z' }, /^to: must not be in the future/);
  await refused({ from: span.to, to: span.from }, /^to: must be later/);
  await refused({ from: span.from }, /^to: /);
  const told = await root.create({ name: 'told', command: 'true' });
  t.match(await root.call('post', `/api/tasks/${told.id}/backfill`, span), {
    status: 400,
    body: { message: /^schedule: the task has no schedule/ },
  });
});

void t.test('a period can be backfilled from the command line', async (t) => {
  await root.create({ name: 'hourly', command: 'true', schedule: '@hourly' });
  const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token };
  const cli = async (...args: string[]) => await muster(['task', ...args], env);
  const span = ['--from', '2026-01-01T00:00:00Z', '--to', '2026-01-01T02:00:00Z'];
  t.match(await cli('backfill', 'hourly', ...span), {
    code: 0,
    stdout: /2026-01-01T00:00:00Z +run +- +1\n2026-01-01T01:00:00Z +run +- +2/,
  });
  t.match(await cli('backfill', 'hourly', ...span), {
    code: 0,
    stdout: /2026-01-01T00:00:00Z +left out +decided +-\n/,
  });
  t.match(await cli('backfill', 'hourly', '--from', 'yesterday', '--to', '2026-01-01T02:00:00Z'), {
    code: 1,
    stderr: /from/,
  });
});

void t.test(
  'after these tests recorded decisions are consistent, and every read model can be rebuilt',
  async (t) => {
    await invariantsHold(t, server);
  },
);
