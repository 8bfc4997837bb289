import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { parsePrometheus, valueOf } from '../fixtures/prometheus-text.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(300_000 * PATIENCE);

interface Status {
  readonly tasks: { readonly total: number; readonly running: number };
  readonly workers: { readonly online: number };
  readonly runs_today: number;
  readonly success_rate: number;
}

const env = {
  MUSTER_ADMIN_PASSWORD: 'password123',
  MUSTER_TEST_API_KEY: 'test-key',
  MUSTER_OPEN_EXECUTION: 'true',
};

void t.test(
  'runs are counted exactly once despite a killed server, and shown on the command line and in metrics',
  async (t) => {
    const server = await startServer(t, { env });
    await startAgent(t, server);
    const root = await TaskAccount.logIn(server.api, 'admin', 'password123');
    await server.api.post('/api/auth/register', { username: 'ann', password: 'password123' });
    const ann = await TaskAccount.logIn(server.api, 'ann', 'password123');
    // A run around midnight would belong to two days, so this uses a time zone in which midnight is far away.
    const zone = new Date().getUTCHours() < 12 ? 'Pacific/Auckland' : 'America/Los_Angeles';
    const status = async (who: TaskAccount): Promise<Status> =>
      (await who.call<Status>('get', `/api/system/status?timezone=${zone}`)).body.data;

    const good = await root.create({ name: 'good', command: 'true' });
    const bad = await root.create({ name: 'bad', command: 'exit 3' });
    const long = await root.create({ name: 'long', command: 'sleep 600' });
    for (const { id } of [good, bad, long]) await root.trigger(id);
    await root.is(good.id, 1, 'success');
    await root.is(bad.id, 1, 'failed');
    await root.is(long.id, 1, 'running');
    // Read models are folded independently, so the counts may appear a moment after the runs.
    const counts = async (who: TaskAccount, rate: number): Promise<boolean> =>
      await eventually(async () => (await status(who)).success_rate === rate, {
        timeout: 30_000,
        what: `a rate of ${rate} %`,
      });
    await counts(root, 50);
    t.match(await status(root), {
      tasks: { total: 3, running: 1 },
      workers: { online: 1 },
      runs_today: 3,
      success_rate: 50,
    });
    t.match(
      await status(ann),
      { tasks: { total: 0, running: 0 }, workers: { online: 1 }, runs_today: 0, success_rate: 100 },
      'tasks of another tenant are not counted',
    );
    const figures = async () => parsePrometheus((await server.api.get('/metrics')).text);
    for (const each of ['success', 'failed'])
      await eventually(
        async () => valueOf(await figures(), 'muster_task_runs_total', { status: each }) === 1,
        { what: `one run with status ${each} in the metrics` },
      );

    await server.kill();
    await server.start();
    const again = await TaskAccount.logIn(server.api, 'admin', 'password123');
    t.match(await status(again), { tasks: { total: 3, running: 1 }, runs_today: 3, success_rate: 50 });
    await again.trigger(good.id);
    await again.is(good.id, 2, 'success');
    await counts(again, 66.7);
    t.match(await status(again), { runs_today: 4, success_rate: 66.7 });
    await eventually(
      async () => valueOf(await figures(), 'muster_task_runs_total', { status: 'success' }) === 1,
      { what: 'metrics that restarted from zero with the server' },
    );

    const everySecond = await again.create({
      name: 'every second',
      command: 'true',
      schedule: '* * * * * *',
      concurrency: 'allow',
    });
    await eventually(
      async () => (valueOf(await figures(), 'muster_task_schedule_delay_seconds_count') ?? 0) >= 2,
      { timeout: 60_000, what: 'two slots' },
    );
    t.ok((valueOf(await figures(), 'muster_task_slots_total', { decision: 'run' }) ?? 0) >= 2);
    t.equal((await again.call('delete', `/api/tasks/${everySecond.id}`)).status, 204);

    const cli = async (...args: string[]) =>
      await muster(['status', ...args], { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: again.token });
    const shown = await cli('--timezone', zone);
    t.match(shown, {
      code: 0,
      stdout:
        /^Server +ok\nTasks +3: 3 active, 0 paused, 0 disabled\nRunning +1 of them\nWorkers +1: 1 online, 0 offline\nRuns today +\d+ \(/,
    });
    t.match(JSON.parse((await cli('-o', 'json')).stdout) as object, {
      tasks: { total: 3, active: 3, paused: 0, running: 1 },
      workers: {},
      success_rate: Number,
    });
    t.match(await cli('--timezone', 'Mars/Olympus'), {
      code: 1,
      stderr: /timezone: must be a name of the IANA time zone database/,
    });
    await invariantsHold(t, server);

    t.equal(
      (await server.api.post('/test/clear-all', undefined, { headers: { 'x-api-key': 'test-key' } })).status,
      200,
    );
    await eventually(async () => (await status(again)).runs_today === 0, {
      timeout: 30_000,
      what: 'a status without the cleared runs',
    });
    t.match(await status(again), { tasks: { total: 0, running: 0 }, runs_today: 0, success_rate: 100 });
  },
);
