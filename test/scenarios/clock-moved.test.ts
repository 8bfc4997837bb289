import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readEvents } from '../fixtures/event-log.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(300_000 * PATIENCE);

const PASSWORD = 'password123';
const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
/** Milliseconds. Far less than the clock jumps, and less than the server trusts its clock without a check. */
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

/** Returns the slots that ran, in the order of the decisions. */
async function ran(task: number): Promise<readonly number[]> {
  const events = await readEvents(server, { types: ['TaskSlotDecided'] });
  return events.flatMap(({ type, data }) =>
    type === 'TaskSlotDecided' && data.taskId === task && data.decision === 'run' ? [data.slot] : [],
  );
}

/** What `/readyz?verbose` says of the latest change of the server's clock. */
async function latestChange(): Promise<string | undefined> {
  const { body } = await server.api.get<{ checks: { name: string; detail?: string }[] }>('/readyz?verbose');
  return body.checks.find(({ name }) => name === 'clock')?.detail;
}

/** Sets the clock and waits until the server has noticed. It looks once a second, and misses a change that is taken back before. */
async function moveClock(ms: number): Promise<void> {
  const before = await latestChange();
  setClock(ms);
  await eventually(async () => (await latestChange()) !== before, {
    what: 'a server that has noticed the change of its clock',
  });
}

/** Waits until two slots run that are due from now on, by the moved clock. */
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
await runsNow(id, 'slots a year ahead');

void t.test(
  'after a clock that was a year ahead is set back, slots run within seconds, and the change is reported',
  async (t) => {
    await moveClock(0);
    await runsNow(id, 'slots of the current time');
    const account = await logIn();
    const { clock_went_back: wentBack, next } = await account.schedule(id);
    t.ok(
      wentBack !== undefined && Date.parse(wentBack.decided_until) > now() + YEAR / 2,
      JSON.stringify(wentBack),
    );
    t.ok(Date.parse(next[0] ?? '') < now() + 60_000, `the next slot is ${next[0]}`);
    const ready = await server.api.get<{ status: string; checks: { name: string; detail?: string }[] }>(
      '/readyz?verbose',
    );
    t.equal(ready.status, 200);
    t.match(ready.body, { status: /^degraded: clock/ });
    t.ok(server.program.said('clock-moved'), 'the server logs that its clock moved');
    const why = await muster(['task', 'why', String(id)], {
      MUSTER_SERVER_URL: server.url,
      MUSTER_TOKEN: account.token,
    });
    t.match(why.stdout, /The server clock was set back/, why.stderr);
    await account.call('put', `/api/tasks/${paused.id}`, { status: 'active' });
    await runsNow(paused.id, 'slots of the task that was paused');
  },
);

void t.test('a short clock jump delays no run and repeats none', async (t) => {
  await moveClock(HOUR);
  await runsNow(id, 'slots an hour ahead');
  await moveClock(0);
  await runsNow(id, 'slots of the current time again');
  t.ok(
    (await (await logIn()).schedule(id)).clock_went_back,
    'the schedule shows that the clock was set back',
  );
  await moveClock(-HOUR);
  await moveClock(0);
  await runsNow(id, 'slots after a short jump into the past');
  await moveClock(30_000);
  await runsNow(id, 'slots half a minute ahead');
  await moveClock(0);
  await runsNow(id, 'slots after a jump of half a minute back');
  const slots = await ran(id);
  t.equal(new Set(slots).size, slots.length, 'no slot ran twice');
});

void t.test('a server whose clock is a day behind its log runs slots at once', async (t) => {
  await server.stop();
  setClock(-24 * HOUR);
  await server.start();
  await runsNow(id, 'slots of the day before');
  t.match((await server.api.get('/readyz')).body, { status: /^degraded: clock/ });
  await moveClock(YEAR);
  await runsNow(id, 'slots a year ahead again');
  const slots = await ran(id);
  t.equal(new Set(slots).size, slots.length, 'no slot ran twice');
  await server.stop();
  await invariantsHold(t, server);
});
