import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/clock/system-clock.js';
import type { TaskSpec } from '#agents/drivers/driver.js';
import { detectCgroups } from '#agents/drivers/exec/cgroup.js';
import { ExecDriver } from '#agents/drivers/exec/exec-driver.js';
import { detectNamespaces, visibleFolders } from '#agents/drivers/exec/private-directories.js';
import { TenantUsers } from '#agents/users/tenant-users.js';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { canBeOthers } from '../../../fixtures/other-user.js';
import { until } from '../../support/peer-server.js';

const possible = canBeOthers() && (await detectNamespaces()) === 'own';
const skip = possible ? false : 'needs root that may make namespaces';

async function scene(t: Test) {
  const directory = ownFolder(t);
  chmodSync(directory, 0o711);
  const life = new AbortController();
  t.teardown(() => life.abort());
  void systemClock.sleep(120_000, life.signal);
  const users = await TenantUsers.open({ directory, range: { first: 340_000, last: 340_999 } });
  const cgroups = await detectCgroups(`places-${process.pid}`);
  const driver = new ExecDriver({
    directory,
    cgroups,
    users,
    namespaces: await detectNamespaces(),
    clock: systemClock,
    life: life.signal,
  });
  let made = 0;
  const spec = (command: string, tenant?: string): TaskSpec<ExecConfig> => {
    const allocationId = `a${(made += 1)}`;
    return {
      nodeId: 'n',
      epoch: 1,
      allocationId,
      jobId: 'j',
      group: 'g',
      gpuDevices: [],
      directory: path.join(directory, 'tasks', allocationId, 'main'),
      task: { name: 'main', driver: 'exec', resources: { memory: 64 } },
      config: { command, ...(tenant !== undefined && { tenant }) },
    };
  };
  const run = async (command: string, tenant?: string) => {
    const subject = spec(command, tenant);
    mkdirSync(path.dirname(subject.directory), { recursive: true, mode: 0o711 });
    const task = await driver.start(subject);
    t.teardown(() => task.release());
    const read = (stream: string): string =>
      readFileSync(path.join(subject.directory, 'logs', stream), 'utf8');
    return {
      task,
      read,
      ended: async () => ({ ...(await task.exit), stdout: read('stdout'), stderr: read('stderr') }),
    };
  };
  return { directory, driver, run };
}

const NAME = `left-by-a-test-${process.pid}`;
const PLACES = ['/tmp', '/var/tmp', '/dev/shm'];

void t.test(
  'what a tenant’s process leaves where all may write is its own, and goes with it',
  { skip },
  async (t) => {
    const { run } = await scene(t);
    t.teardown(() => PLACES.forEach((place) => rmSync(`${place}/${NAME}`, { force: true })));
    const first = await run(
      `for p in ${PLACES.join(' ')}; do echo x > $p/${NAME} || exit 1; done; ipcmk -M 4096; ipcmk -Q; sleep 600`,
      'one',
    );
    await until(() => first.read('stdout').includes('queue'));
    const look = `for p in ${PLACES.join(' ')}; do ls $p/${NAME}; done; tail -n +2 /proc/sysvipc/shm /proc/sysvipc/msg | grep -c '^ *[0-9]'; stat -c %a /tmp; id -u`;
    const second = await (await run(look, 'two')).ended();
    t.match(second.stdout, /^0\n1777\n340\d\d\d\n$/, 'another tenant sees nothing of it');
    for (const place of PLACES) t.notOk(existsSync(`${place}/${NAME}`), `nor does the host in ${place}`);
    // Other programs have segments too, so only owners from this test's uids count.
    t.notMatch(
      readFileSync('/proc/sysvipc/shm', 'utf8'),
      / 340\d\d\d /,
      'nor in the segments of shared memory',
    );
    await first.task.stop(0);
  },
);

void t.test('there it has no more room than memory, and the folders of its own', { skip }, async (t) => {
  const { run } = await scene(t);
  const full = await (await run('head -c 200000000 /dev/zero > /dev/shm/fill; exit 3', 'one')).ended();
  if (!full.outOfMemory) t.match(full.stderr, /No space left/);
  const whole = await (
    await run(
      'echo kept > "$TMPDIR/a"; cat "$TMPDIR/a"; pwd; cd "$HOME" && pwd; : > /tmp/x && rm /tmp/x',
      'one',
    )
  ).ended();
  t.match(whole, { exitCode: 0, stdout: /^kept\n(\/.*\/local)\n\1\n$/ });
});

void t.test('a process of the operator has the host’s, and a check is in the task’s', { skip }, async (t) => {
  const { run } = await scene(t);
  writeFileSync(`/tmp/${NAME}`, 'of the host');
  t.teardown(() => rmSync(`/tmp/${NAME}`, { force: true }));
  t.match(await (await run(`cat /tmp/${NAME}`)).ended(), { exitCode: 0, stdout: 'of the host' });
  const task = await run(`cat /tmp/${NAME}; echo of the task > /tmp/${NAME}; echo ready; sleep 600`, 'one');
  await until(() => task.read('stdout').includes('ready'));
  const check = async (command: string): Promise<number | undefined> =>
    await task.task.reach?.exec(['/bin/sh', '-c', command], AbortSignal.timeout(10_000));
  t.equal(
    await check(`grep -q 'of the task' /tmp/${NAME} && [ "$(pwd)" = "$HOME" ] && [ "$(id -u)" -ge 340000 ]`),
    0,
  );
  t.equal(await check('exit 7'), 7);
  await task.task.stop(0);
});

void t.test('an agent whose data lie where all may write keeps that folder in sight', (t) => {
  const [one, other] = [ownFolder(t, '/tmp'), ownFolder(t, '/var/tmp')];
  t.equal(visibleFolders(['/var/lib/muster/agent']), '');
  t.equal(visibleFolders([`${one}/data/agent`]), one);
  t.equal(
    visibleFolders([other, `${one}/data/agent`, `${one}/channel`, '/usr/bin/conda', '/tmp/is/not/there']),
    `${other}\n${one}`,
    'each once, and what is there',
  );
  t.end();
});
