import { chmodSync, mkdirSync, statfsSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { TaskSpec } from '#agents/drivers/driver.js';
import { detectCgroups } from '#agents/drivers/exec/cgroup.js';
import { ExecDriver } from '#agents/drivers/exec/exec-driver.js';
import { TenantUsers } from '#agents/users/tenant-users.js';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { canBeOthers } from '../../../fixtures/other-user.js';
import { UNSET } from '../../support/settings.js';

const skip = canBeOthers() ? false : 'needs root';
t.setTimeout(120_000 * PATIENCE);

const LIMITS = { bytes: 20 * 1_048_576, files: 500 };

/** Runs a task with low disk limits, and resolves to its exit. */
async function ended(t: Test, command: string, tenant: string | undefined = 'one') {
  const directory = ownFolder(t);
  chmodSync(directory, 0o711);
  const life = new AbortController();
  t.teardown(() => life.abort());
  void systemClock.sleep(120_000, life.signal);
  const users = await TenantUsers.open({ directory, range: { first: 345_000, last: 345_999 } });
  const driver = new ExecDriver({
    settings: { ...UNSET, taskDisk: LIMITS },
    nodeId: directory,
    directory,
    users,
    clock: systemClock,
    life: life.signal,
    cgroups: await detectCgroups(`disk-${process.pid}`),
  });
  void driver.run(() => true, life.signal);
  const spec: TaskSpec<ExecConfig> = {
    nodeId: directory,
    epoch: 1,
    allocationId: 'a',
    jobId: 'j',
    group: 'g',
    gpuDevices: [],
    directory: path.join(directory, 'tasks/a/main'),
    task: { name: 'main', driver: 'exec' },
    config: { command, ...(tenant !== '' && { tenant }) },
  };
  mkdirSync(path.dirname(spec.directory), { recursive: true, mode: 0o711 });
  chmodSync(path.join(directory, 'tasks'), 0o711);
  const task = await driver.start(spec);
  t.teardown(() => task.release());
  return await task.exit;
}

const MOVES = 'mkdir -p a/b/c d; (while :; do mv a/b d/b && mv d/b a/b; done) & ';

/** These hold 30 MB in files without a name: open, only mapped, and open in another session. */
const OPEN = 'exec 5>x; rm x; head -c 30000000 /dev/zero >&5; sleep 600';
const MAPPED = `exec python3 -c '
import mmap, os, time
file = os.open("x", os.O_RDWR | os.O_CREAT)
os.unlink("x")
os.write(file, bytes(30_000_000))
held = mmap.mmap(file, 30_000_000)
os.closerange(file, 100)
for name in os.listdir("/proc/self/fd"):
  if int(name) > 2:
    try: os.close(int(name))
    except OSError: pass
time.sleep(600)'`;
const ELSEWHERE = `setsid sh -c '${OPEN}' & sleep 600`;

void t.test("ends a tenant's task that exceeds its disk limits", { skip }, async (t) => {
  const { bavail, bsize } = statfsSync('/tmp');
  if (bavail * bsize < 100 * 1_048_576) return;
  const fill = 'head -c 30000000 /dev/zero > "$TMPDIR/fill"; sleep 600';
  for (const command of [fill, `mkdir -m 0000 shut; ${fill}`, `${MOVES}${fill}`, OPEN, MAPPED, ELSEWHERE])
    t.match(
      await ended(t, command),
      { exitCode: 137, problem: /^it used more than 20 MiB of disk \(MUSTER_TASK_DISK_MIB\)$/ },
      command,
    );
});

void t.test("ends a tenant's task with too many files", { skip }, async (t) => {
  t.match(await ended(t, 'i=0; while [ $i -lt 300 ]; do : > f$i; mkdir d$i; i=$((i + 1)); done; sleep 600'), {
    exitCode: 137,
    problem: /^it had more than 500 files and directories \(MUSTER_TASK_FILES\)$/,
  });
});

void t.test("does not end a task below the limits, or an operator's task", { skip }, async (t) => {
  t.match(
    await ended(
      t,
      'head -c 10000000 /dev/zero > fill; ln fill again; truncate -s 1G sparse; exec 5<>sparse 6<>fill; rm again sparse; sleep 7; exit 3',
    ),
    {
      exitCode: 3,
      problem: undefined,
    },
  );
  t.match(await ended(t, 'head -c 30000000 /dev/zero > fill; sleep 7; exit 4', ''), {
    exitCode: 4,
    problem: undefined,
  });
});
