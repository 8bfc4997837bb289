import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { UsagePoint } from '#domain/protocol/index.js';
import type { TaskSpec } from '#agents/drivers/driver.js';
import { detectCgroups } from '#agents/drivers/exec/cgroup.js';
import { ExecDriver } from '#agents/drivers/exec/exec-driver.js';
import { isAlive, readProcess } from '#agents/drivers/exec/process-table.js';
import { Supervised } from '#agents/drivers/exec/supervised.js';
import { TenantUsers } from '#agents/users/tenant-users.js';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import { taskOf, type ContractTask } from '#domain/protocol/index.js';
import { leaveFolder } from '../../../fixtures/folder.js';
import { logText } from '../../support/log-text.js';
import { until } from '../../support/peer-server.js';
import { UNSET } from '../../support/settings.js';

/** A driver without control groups, as in most containers and for ordinary users. */
async function setUp(
  t: Test,
  given?: Pick<TenantUsers, 'userOf' | 'separation' | 'mayStart'>,
  clock: Clock = systemClock,
) {
  const directory = await mkdtemp(path.join(tmpdir(), 'mstexec-'));
  const life = new AbortController();
  t.teardown(async () => {
    life.abort();
    leaveFolder(directory);
  });
  // Child processes do not keep a test alive; this does.
  const alive = new AbortController();
  void systemClock.sleep(60_000, alive.signal);
  t.teardown(() => alive.abort());
  await writeFile(path.join(directory, 'mounts'), '');
  const cgroups = await detectCgroups('test', path.join(directory, 'mounts'));
  const users = given ?? (await TenantUsers.open({ directory, range: UNSET.taskUids }));
  const next = (): ExecDriver =>
    new ExecDriver({
      settings: UNSET,
      nodeId: directory,
      directory,
      cgroups,
      users,
      clock,
      life: life.signal,
    });
  const driver = next();
  let made = 0;
  const spec = ({ command, ...sent }: Partial<ContractTask> & { command: string }): TaskSpec<ExecConfig> => {
    const { config, ...task } = taskOf({ name: 't', config: { command }, ...sent });
    made += 1;
    return {
      nodeId: directory,
      epoch: 1,
      allocationId: `a${made}`,
      jobId: 'j',
      group: 'g',
      gpuDevices: [],
      directory: path.join(directory, `task${made}`),
      task,
      config: config as ExecConfig,
    };
  };
  const supervised = (of: TaskSpec<ExecConfig>) => new Supervised(path.join(of.directory, 'state'));
  return { directory, driver, next, spec, supervised };
}

void t.test(
  'without control groups, measures a task through its processes, and kills them at its end',
  async (t) => {
    const { driver, spec, directory } = await setUp(t);
    const subject = spec({
      command: `sleep 1234 & echo $! > ${directory}/stray; until [ -e ${directory}/measured ]; do i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done; done`,
      resources: { cpu: 100, memory: 1 },
    });
    const task = await driver.start(subject);
    // The task works until it has been measured, because on a busy machine a short task may end between two samples.
    await until(async () => {
      await systemClock.sleep(150);
      await task.sample();
      const { memory_peak_mb: peak, cpu_average: average } = task.usage();
      return (peak ?? 0) > 0.5 && (average ?? 0) > 0;
    });
    await writeFile(path.join(directory, 'measured'), '');
    const { exitCode, usage, outOfMemory } = await task.exit;
    t.same([exitCode, outOfMemory], [0, false], 'a memory limit is not enforced without control groups');
    t.ok(
      (usage?.memory_peak_mb ?? 0) > 0.5 &&
        (usage?.memory_average_mb ?? 0) > 0 &&
        (usage?.cpu_average ?? 0) > 0,
      JSON.stringify(usage),
    );
    const stray = (await readFile(path.join(directory, 'stray'), 'utf8')).trim();
    await until(
      async () => !(await readFile(`/proc/${stray}/cmdline`, 'utf8').catch(() => '')).includes('sleep'),
    );
    await task.release();
  },
);

void t.test('reports the end of a task whose supervisor was killed, without an exit code', async (t) => {
  const { driver, spec, directory, supervised } = await setUp(t);
  const subject = spec({
    command: `until [ -e ${directory}/killed ]; do sleep 0.05; done; sleep 0.3; exit 3`,
  });
  const task = await driver.start(subject);
  await until(() => supervised(subject).task() !== undefined);
  const claim = supervised(subject).claim();
  if (typeof claim !== 'object') throw new Error('no claim');
  process.kill(claim.pid, 'SIGKILL');
  await writeFile(path.join(directory, 'killed'), '');
  const exit = await task.exit;
  t.match(exit, { exitCode: null, problem: /supervisor was killed/ });
  t.notOk(supervised(subject).taskLives(), 'the task ran to its end');
});

void t.test('reports exit code 130 for a task killed by SIGINT', async (t) => {
  const { driver, spec, supervised } = await setUp(t);
  const subject = spec({ command: 'sleep', args: ['1000'] });
  const task = await driver.start(subject);
  await until(() => supervised(subject).task() !== undefined);
  const { pid = 0 } = supervised(subject).task() ?? {};
  const claim = supervised(subject).claim();
  await until(async () =>
    (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).startsWith('sleep'),
  );
  process.kill(-pid, 'SIGINT');
  t.match(
    await task.exit,
    { exitCode: 130 },
    'SIGINT is not ignored, as it would be in a background job of a shell',
  );
  // The supervisor records the exit code just before it ends.
  await until(() => typeof claim === 'object' && !isAlive(claim.pid, claim.birth));
});

void t.test('starts only one process if started twice, and none for an abandoned task', async (t) => {
  const { driver, spec, directory, supervised } = await setUp(t);
  const subject = spec({ command: `echo x >> ${directory}/starts; sleep 0.2; exit 5` });
  const both = await Promise.all([driver.start(subject), driver.start(subject)]);
  t.same(
    (await Promise.all(both.map((task) => task.exit))).map((exit) => exit.exitCode),
    [5, 5],
  );
  t.equal(await readFile(path.join(directory, 'starts'), 'utf8'), 'x\n');

  const never = spec({ command: `touch ${directory}/never` });
  t.equal(await driver.adopt(never, true), undefined);
  const late = await driver.start(never);
  t.match(await late.exit, { exitCode: null });
  t.notOk((await readdir(directory)).includes('never'));
  t.match(supervised(never).claim(), { pid: 0 });
});

void t.test('reports a task from before a reboot as interrupted', async (t) => {
  const { driver, spec } = await setUp(t);
  const subject = spec({ command: 'sleep 1000' });
  const task = await driver.start(subject);
  const state = path.join(subject.directory, 'state');
  await until(() => new Supervised(state).task() !== undefined);
  const claim = await readFile(path.join(state, 'claim'), 'utf8');
  await writeFile(
    path.join(state, 'claim'),
    claim.replace(/ \S+\n$/, ' 00000000-0000-0000-0000-000000000000\n'),
  );
  const found = await driver.adopt(subject, false);
  t.match(await found?.exit, {
    exitCode: null,
    problem: 'the machine was restarted while the task was running',
  });
  await writeFile(path.join(state, 'claim'), claim);
  await task.stop(0);
});

void t.test('does not kill a process that reuses the pid of an ended task', async (t) => {
  const { driver, spec } = await setUp(t);
  const subject = spec({ command: 'true' });
  const { exitCode } = await (await driver.start(subject)).exit;
  t.equal(exitCode, 0);
  // The state file of the finished task is changed to name the pid of this unrelated process.
  const stranger = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  t.teardown(() => stranger.kill('SIGKILL'));
  await once(stranger, 'spawn');
  const file = path.join(subject.directory, 'state/task');
  // Start times have a resolution of ten milliseconds, and pids are not reused that soon.
  const birth = readProcess(stranger.pid ?? 0)?.birth ?? 0;
  await writeFile(file, `${stranger.pid} ${birth - 1} end\n`);
  t.match(await (await driver.adopt(subject, false))?.exit, { exitCode: 0 });
  await systemClock.sleep(50);
  t.equal(stranger.exitCode, null);
  t.equal(stranger.signalCode, null);
});

void t.test("runs tenants' tasks as the agent's user if this is allowed, without privileges", async (t) => {
  const { driver, spec } = await setUp(t, {
    separation: 'shared',
    mayStart: () => undefined,
    userOf: async () => await Promise.resolve(undefined),
  });
  const command = 'id -u; umask; grep NoNewPrivs /proc/self/status';
  const own = spec({ command });
  const tenants = { ...spec({ command }), config: { command, tenant: 'Tenant One' } };
  for (const [subject, shown] of [
    [tenants, `${process.geteuid?.()}\n0077\nNoNewPrivs:\t1\n`],
    [own, `${process.geteuid?.()}\n0022\nNoNewPrivs:\t0\n`],
  ] as const) {
    const task = await driver.start(subject);
    t.match(await task.exit, { exitCode: 0 });
    t.equal(logText(path.join(subject.directory, 'logs'), 'stdout'), shown);
    await task.release();
  }
});

void t.test('the driver of the next agent returns the usage of the last hour', async (t) => {
  let leapt = 0;
  const leaping: Clock = {
    ...systemClock,
    now: () => systemClock.now() + leapt,
    monotonic: () => systemClock.monotonic() + leapt,
  };
  const { driver, next, spec } = await setUp(t, undefined, leaping);
  const subject = spec({ command: 'exec sleep 1000' });
  const task = await driver.start(subject);
  const points = (): readonly UsagePoint[] => task.usageHistory?.() ?? [];
  await until(async () => {
    await task.sample();
    leapt += 10_000;
    return points().length > 2;
  });
  const first = points()[0];
  t.match(first, { timestamp: Number, cpu: Number, memory_mb: Number });
  const adopted = await next().adopt(subject, false);
  const known = adopted?.usageHistory?.()[0];
  t.match(known, { cpu: first?.cpu, memory_mb: first?.memory_mb });
  t.ok(
    Math.abs((known?.timestamp ?? 0) - (first?.timestamp ?? 0)) < 1,
    'both drivers report the same time for the point',
  );
  await adopted?.stop(0);
});
