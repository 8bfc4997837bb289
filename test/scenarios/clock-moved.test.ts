import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(300_000);

const PASSWORD = 'password123';
const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
/** Far less than until the wall would have caught up, and less than a clock is trusted without a look. */
const SOON = 20_000;

const folder = ownFolder(t);
const file = join(folder, 'clock');
let ahead = 0;
function setClock(ms: number): void {
  ahead = ms;
  writeFileSync(file, String(ms));
}
const now = (): number => Date.now() + ahead;

setClock(YEAR);
const server = await startServer(t, {
  dataDir: join(folder, 'server'),
  env: {
    MUSTER_ADMIN_PASSWORD: PASSWORD,
    MOVED_CLOCK: file,
    NODE_OPTIONS: `--import=${fileURLToPath(new URL('../fixtures/moved-clock.js', import.meta.url))}`,
  },
});
const logIn = async (): Promise<TaskAccount> => await TaskAccount.logIn(server.api, 'admin', PASSWORD);

/** Slots that ran, in the order in which they were decided. */
async function ran(task: number): Promise<readonly number[]> {
  const events = await readEvents(server, { types: ['TaskSlotDecided'] });
  return events.flatMap(({ type, data }) =>
    type === 'TaskSlotDecided' && data.taskId === task && data.decision === 'run' ? [data.slot] : [],
  );
}

/** Waits until slots of the present run, by the clock as it is now, and says how many. */
async function runsNow(task: number, what: string): Promise<void> {
  const from = now();
  await eventually(
    async () => (await ran(task)).filter((slot) => slot >= from && slot <= now()).length >= 2,
    { timeout: SOON, what },
  );
}

const root = await logIn();
const each = { executor: 'shell', command: 'true', schedule: '* * * * * *', concurrency: 'replace' };
const { id } = await root.create({ name: 'each-second', ...each });
const paused = await root.create({ name: 'paused', ...each });
await root.call('put', `/api/tasks/${paused.id}`, { status: 'paused' });
await runsNow(id, 'slots by the clock that is a year ahead');

void t.test(
  'when a clock that was a year ahead is set back, slots run within seconds, and the server, the task and its schedule report it',
  async (t) => {
    setClock(0);
    await runsNow(id, 'slots of the present');
    const account = await logIn();
    const { clock_went_back: wentBack, next } = await account.schedule(id);
    t.ok(
      wentBack !== undefined && Date.parse(wentBack.decided_until) > now() + YEAR / 2,
      JSON.stringify(wentBack),
    );
    t.ok(Date.parse(next[0] ?? '') < now() + 60_000, `next is ${next[0]}`);
    const ready = await server.api.get<{ status: string; checks: { name: string; detail?: string }[] }>(
      '/readyz?verbose',
    );
    t.equal(ready.status, 200);
    t.match(ready.body, { status: /^degraded: clock/ });
    t.match(server.program.tail(), /clock-moved/);
    const why = await muster(['task', 'why', String(id)], {
      MUSTER_SERVER_URL: server.url,
      MUSTER_TOKEN: account.token,
    });
    t.match(why.stdout, /The server clock went back/, why.stderr);
    await account.call('put', `/api/tasks/${paused.id}`, { status: 'active' });
    await runsNow(paused.id, 'slots of a task that was paused meanwhile');
  },
);

void t.test('a short clock jump delays no run and repeats none', async (t) => {
  setClock(HOUR);
  await runsNow(id, 'slots an hour ahead');
  setClock(0);
  await runsNow(id, 'slots of the present again');
  setClock(-HOUR);
  await eventually(async () => (await (await logIn()).schedule(id)).clock_went_back !== undefined, {
    timeout: SOON,
  });
  setClock(0);
  await runsNow(id, 'slots after a moment in the past');
  setClock(30_000);
  await runsNow(id, 'slots half a minute ahead');
  setClock(0);
  await runsNow(id, 'slots after a step of half a minute back');
  const slots = await ran(id);
  t.equal(new Set(slots).size, slots.length, 'no slot ran twice');
});

void t.test('a server whose clock is behind its log continues at once', async (t) => {
  await server.stop();
  setClock(-24 * HOUR);
  await server.start();
  await runsNow(id, 'slots of the day before');
  t.match((await server.api.get('/readyz')).body, { status: /^degraded: clock/ });
  setClock(YEAR);
  await runsNow(id, 'slots a year ahead again');
  const slots = await ran(id);
  t.equal(new Set(slots).size, slots.length, 'no slot ran twice');
  await server.stop();
  await invariantsHold(t, server);
});
