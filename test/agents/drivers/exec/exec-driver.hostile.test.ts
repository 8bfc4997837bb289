import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { TaskSpec } from '#agents/drivers/driver.js';
import { detectCgroups } from '#agents/drivers/exec/cgroup.js';
import { ExecDriver } from '#agents/drivers/exec/exec-driver.js';
import { TenantUsers } from '#agents/users/tenant-users.js';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { canBeOthers } from '../../../fixtures/other-user.js';
import { bytesIn } from '../../support/bytes-in.js';
import { logText } from '../../support/log-text.js';
import { until } from '../../support/peer-server.js';
import { UNSET } from '../../support/settings.js';

const MOST = 40;
const skip = canBeOthers() ? false : 'needs root';

/** A fork bomb. Without a limit it has a thousand processes, which ignore SIGTERM. */
const BOMB = `trap '' TERM; mkfifo "$HOME/never"; f() { [ $1 -gt 0 ] || exec sleep 600; f $(($1 - 1)) & f $(($1 - 1)) & exec sleep 600; }; f 9 & read line <"$HOME/never"`;

let scenes = 0;

/** A driver with the host's control groups or without any, and a tenant. */
async function scene(t: Test, groups: 'with' | 'without') {
  const directory = ownFolder(t);
  const life = new AbortController();
  t.teardown(() => life.abort());
  // Child processes do not keep a test alive; this does.
  void systemClock.sleep(120_000, life.signal);
  // Separate users, because a zombie counts against its user's limit.
  const first = 330_000 + 1_000 * (scenes += 1);
  const range = { first, last: first + 999 };
  const users = await TenantUsers.open({ directory, range });
  const cgroups = await detectCgroups(
    `hostile-${process.pid}-${groups}`,
    groups === 'with' ? undefined : '/dev/null',
  );
  const driver = new ExecDriver({
    settings: { ...UNSET, taskProcesses: MOST, logBounds: { maxBytes: 1_000_000, maxFiles: 2 } },
    nodeId: directory,
    directory,
    cgroups,
    users,
    clock: systemClock,
    life: life.signal,
  });
  void driver.run(() => true, life.signal);
  const { uid = -1 } = (await users.userOf('Tenant')) ?? {};
  const spec = (command: string): TaskSpec<ExecConfig> => ({
    nodeId: directory,
    epoch: 1,
    allocationId: 'a',
    jobId: 'j',
    group: 'g',
    gpuDevices: [],
    directory: path.join(directory, 'task'),
    task: { name: 'main', driver: 'exec' },
    config: { command, tenant: 'Tenant', give_output: true },
  });
  return { driver, spec, uid, directory, limited: cgroups.isolation !== 'none' };
}

async function processesOf(uid: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const states = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')),
  );
  return states.filter(
    (status) => new RegExp(`^Uid:\t${uid}\t`, 'm').test(status) && !/^State:\t[ZX]/m.test(status),
  ).length;
}

for (const groups of ['with', 'without'] as const) {
  void t.test(
    `limits the processes of a fork bomb, and kills them all, ${groups} control groups`,
    { skip },
    async (t) => {
      const { driver, spec, uid, directory } = await scene(t, groups);
      const task = await driver.start(spec(BOMB));
      const logs = path.join(directory, 'task', 'logs');
      let most = 0;
      await until(
        async () => {
          most = Math.max(most, await processesOf(uid));
          return /fork/i.test(logText(logs, 'stderr'));
        },
        () => `the fork bomb has ${most} processes`,
        30,
      );
      for (let look = 0; look < 5; look += 1) most = Math.max(most, await processesOf(uid));
      t.ok(most > 1 && most <= MOST, `${most} processes`);
      await task.stop(100);
      t.match(await task.exit, { exitCode: Number });
      await task.release();
      await until(
        async () => (await processesOf(uid)) === 0,
        () => 'processes of the fork bomb are left',
        30,
      );
    },
  );

  void t.test(
    `kills a task that ignores SIGTERM, and the processes it left behind, ${groups} control groups`,
    { skip },
    async (t) => {
      const { driver, spec, uid, directory, limited } = await scene(t, groups);
      const orphan = limited ? 'setsid sleep 601 &' : '';
      const task = await driver.start(
        spec(
          `trap '' TERM; (trap '' TERM; (sleep 600 & ${orphan} sleep 602) & exit) & wait; echo begun; while :; do sleep 603; done`,
        ),
      );
      const logs = path.join(directory, 'task', 'logs');
      await until(
        async () => logText(logs, 'stdout') !== '' && (await processesOf(uid)) >= (limited ? 5 : 4),
      );
      await task.stop(200);
      t.match(await task.exit, { exitCode: 137, result: { stdout: 'begun\n', stderr: '' } });
      await task.release();
      await until(async () => (await processesOf(uid)) === 0);
    },
  );
}

/** Writing ten gigabytes takes minutes, so only a soak run does it. */
const WRITTEN = process.env['MUSTER_TEST_SOAK'] === '1' ? 10_000_000_000 : 500_000_000;

void t.test("limits the size of a task's log, and keeps the end of its output", { skip }, async (t) => {
  const { driver, spec, directory } = await scene(t, 'with');
  const task = await driver.start(spec(`yes | head -c ${WRITTEN}; echo the end`));
  const { result } = await task.exit;
  t.match(result?.['stdout'], /^(y\n)+the end\n$/);
  t.equal(String(result?.['stdout']).length, 8192);
  const logs = path.join(directory, 'task', 'logs');
  await until(
    async () => (await bytesIn(logs)) < 10_000_000,
    () => 'the logs exceed their limit',
  );
});
