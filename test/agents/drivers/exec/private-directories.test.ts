import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { TaskSpec } from '#agents/drivers/driver.js';
import { detectCgroups } from '#agents/drivers/exec/cgroup.js';
import { ExecDriver } from '#agents/drivers/exec/exec-driver.js';
import {
  closedFolderAbove,
  detectNamespaces,
  visibleFolders,
} from '#agents/drivers/exec/private-directories.js';
import { tenantName } from '#agents/drivers/exec/user.js';
import { TenantUsers } from '#agents/users/tenant-users.js';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { canBeOthers } from '../../../fixtures/other-user.js';
import { logText } from '../../support/log-text.js';
import { until } from '../../support/peer-server.js';
import { UNSET } from '../../support/settings.js';

const possible = canBeOthers() && (await detectNamespaces()) === 'own';
const skip = possible ? false : 'needs root that may make namespaces';

async function scene(t: Test, directory = ownFolder(t)) {
  chmodSync(directory, 0o711);
  const life = new AbortController();
  t.teardown(() => life.abort());
  void systemClock.sleep(120_000, life.signal);
  const users = await TenantUsers.open({ directory, range: { first: 340_000, last: 340_999 } });
  const cgroups = await detectCgroups(`places-${process.pid}`);
  const driver = new ExecDriver({
    settings: UNSET,
    nodeId: directory,
    directory,
    cgroups,
    users,
    namespaces: await detectNamespaces(),
    clock: systemClock,
    life: life.signal,
  });
  let made = 0;
  const spec = (command: string, tenant?: string, folder?: string, user?: string): TaskSpec<ExecConfig> => {
    const allocationId = `a${(made += 1)}`;
    return {
      nodeId: directory,
      epoch: 1,
      allocationId,
      jobId: 'j',
      group: 'g',
      gpuDevices: [],
      directory: path.join(directory, 'tasks', allocationId, 'main'),
      task: { name: 'main', driver: 'exec', resources: { memory: 64 } },
      config: {
        command,
        ...(tenant !== undefined && { tenant }),
        ...(folder !== undefined && { work_dir: folder }),
        ...(user !== undefined && { user }),
      },
    };
  };
  const run = async (command: string, tenant?: string, folder?: string, user?: string) => {
    const subject = spec(command, tenant, folder, user);
    mkdirSync(path.dirname(subject.directory), { recursive: true, mode: 0o711 });
    const task = await driver.start(subject);
    t.teardown(() => task.release());
    const read = (stream: string): string => logText(path.join(subject.directory, 'logs'), stream);
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

void t.test('runs in a data directory that is a mount below /tmp', { skip }, async (t) => {
  const mounted = path.join(ownFolder(t), 'volume');
  mkdirSync(mounted);
  chmodSync(path.dirname(mounted), 0o711);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=711', 'muster-test', mounted]);
  t.teardown(() => void execFileSync('umount', ['--lazy', mounted]));
  const { run } = await scene(t, mounted);
  const { ended } = await run(`echo kept > file && cat ${mounted}/tasks/a1/main/local/file`, 'one');
  t.match(await ended(), { exitCode: 0, stdout: 'kept\n' });
});

void t.test(
  "gives a tenant's process its own /tmp, /var/tmp and shared memory, removed when it ends",
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
    t.match(
      second.stdout,
      /^0\n1777\n340\d\d\d\n$/,
      'another tenant sees none of the files, segments and queues',
    );
    for (const place of PLACES)
      t.notOk(existsSync(`${place}/${NAME}`), `the host has no such file in ${place}`);
    // Other programs have segments too, so only owners from this test's uids count.
    const owners = readFileSync('/proc/sysvipc/shm', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/)[7] ?? '');
    t.notOk(
      owners.some((uid) => /^340\d\d\d$/.test(uid)),
      'the host has no such shared memory segment',
    );
    await first.task.stop(0);
  },
);

void t.test(
  "enters the folder that a tenant's task names as the tenant and in its own /tmp",
  { skip },
  async (t) => {
    const { run } = await scene(t);
    t.teardown(() => PLACES.forEach((place) => rmSync(`${place}/${NAME}`, { force: true })));
    for (const place of PLACES) {
      writeFileSync(`${place}/${NAME}`, 'of the host', { mode: 0o666 });
      const { stdout, stderr } = await (
        await run(`pwd; cat ${NAME}; echo x > ${NAME}`, 'one', place)
      ).ended();
      t.equal(stdout, `${place}\n`, `in ${place} it does not see the file of the host`);
      t.match(stderr, NAME);
      t.equal(readFileSync(`${place}/${NAME}`, 'utf8'), 'of the host');
    }
    const hidden = ownFolder(t, '/srv');
    const inside = path.join(hidden, 'project');
    mkdirSync(inside, { mode: 0o755 });
    writeFileSync(path.join(inside, 'notes'), 'of another user', { mode: 0o644 });
    chmodSync(hidden, 0o700);
    for (const folder of [inside, `/proc/${process.pid}/root${inside}`]) {
      const refused = await (await run('cat notes', 'one', folder)).ended();
      t.match(refused, { exitCode: 125, stdout: '', problem: /could not be started: .*(denied|can't cd)/ });
    }
    const task = await run('echo ready; sleep 600', 'one', '/dev/shm');
    await until(() => task.read('stdout').includes('ready'));
    const check = `[ "$(pwd)" = /dev/shm ] && [ ! -e ${NAME} ]`;
    t.equal(
      await task.task.reach?.exec(['/bin/sh', '-c', check], AbortSignal.timeout(10_000)),
      0,
      'so does a check',
    );
    await task.task.stop(0);
    chmodSync(hidden, 0o755);
    t.match(await (await run('cat notes; pwd', 'one', inside)).ended(), {
      exitCode: 0,
      stdout: `of another user${inside}\n`,
    });
    t.match(await (await run('pwd', undefined, '/tmp')).ended(), { exitCode: 0, stdout: '/tmp\n' });
  },
);

void t.test("hides other processes from a tenant's process", { skip }, async (t) => {
  const { run } = await scene(t);
  const mark = `command-${process.pid}`;
  const list = `cat /proc/[0-9]*/cmdline | tr '\\0' ' '; ls -d /proc/${process.pid} /proc/1`;
  const first = await run(`echo ready; sleep 600; : ${mark}`, 'one');
  await until(() => first.read('stdout').includes('ready'));
  const second = await (await run(list, 'two')).ended();
  t.notMatch(second.stdout, mark, 'a tenant does not see the processes of another tenant');
  t.match(second.stdout, 'cat /proc/[0-9]*/cmdline', 'a tenant sees its own process');
  t.notMatch(
    second.stdout,
    new RegExp(`^/proc/(${process.pid}|1)$`, 'm'),
    'a tenant does not see the processes of the agent and the host',
  );
  const own = await (
    await run(`${list}; ls /proc/self/fd && cat /proc/meminfo /proc/sys/kernel/pid_max`, 'one')
  ).ended();
  t.match(own.stdout, mark, 'a tenant sees its own tasks');
  t.equal(own.exitCode, 0, own.stderr);
  t.match((await (await run(list)).ended()).stdout, mark, 'an operator’s process sees all processes');
  await first.task.stop(0);
});

void t.test("limits the size of /dev/shm by the task's memory", { skip }, async (t) => {
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

void t.test(
  "an operator's task uses the host's /tmp, and a check uses that of its task",
  { skip },
  async (t) => {
    const { run } = await scene(t);
    writeFileSync(`/tmp/${NAME}`, 'of the host');
    t.teardown(() => rmSync(`/tmp/${NAME}`, { force: true }));
    t.match(await (await run(`cat /tmp/${NAME}`)).ended(), { exitCode: 0, stdout: 'of the host' });
    const task = await run(`cat /tmp/${NAME}; echo of the task > /tmp/${NAME}; echo ready; sleep 600`, 'one');
    await until(() => task.read('stdout').includes('ready'));
    const check = async (command: string): Promise<number | undefined> =>
      await task.task.reach?.exec(['/bin/sh', '-c', command], AbortSignal.timeout(10_000 * PATIENCE));
    t.equal(
      await check(
        `grep -q 'of the task' /tmp/${NAME} && [ "$(pwd)" = "$HOME" ] && [ "$(id -u)" -ge 340000 ]`,
      ),
      0,
    );
    t.equal(await check('exit 7'), 7);
    await task.task.stop(0);
  },
);

void t.test("gives a tenant's process a user name that its programs find", { skip }, async (t) => {
  const { run } = await scene(t);
  const [users, groups] = [readFileSync('/etc/passwd', 'utf8'), readFileSync('/etc/group', 'utf8')];
  const programs = [
    'whoami',
    'id -un',
    'id -gn',
    'echo "$USER"',
    'echo "$LOGNAME"',
    'env -u USER -u LOGNAME /usr/bin/perl -e \'print scalar getpwuid($<), "\\n"\'',
  ];
  const { exitCode, stdout, stderr } = await (
    await run(
      `set -e\n${programs.join('\n')}\necho "$SHELL $HOME"; ls /tmp/passwd 2>&- || cat /etc/passwd /etc/group`,
      'one',
    )
  ).ended();
  t.equal(exitCode, 0, stderr);
  const [name = '', ...lines] = stdout.split('\n');
  t.match(name, /^muster-340\d\d\d$/);
  t.same(lines.slice(0, programs.length - 1), Array(programs.length - 1).fill(name));
  const [shell, home] = lines[programs.length - 1]?.split(' ') ?? [];
  const id = name.slice('muster-'.length);
  t.equal(
    lines.slice(programs.length).join('\n'),
    `${name}:x:${id}:${id}::${home}:${shell}\n${users}${name}:x:${id}:\n${groups}`,
    'the files have the lines of the host and its own, and /tmp has none of them',
  );
  t.equal(shell, '/bin/sh');
  if (existsSync('/usr/bin/ssh'))
    t.match(await (await run('ssh -V', 'one')).ended(), { exitCode: 0, stderr: /SSH/ });

  const changed = await (
    await run(
      'echo x >>/etc/passwd; echo x >>/etc/group; rm -f /etc/passwd; umount /etc/passwd; whoami',
      'one',
    )
  ).ended();
  t.equal(changed.stdout, `${name}\n`, changed.stderr);
  t.not((await (await run('whoami', 'two')).ended()).stdout, `${name}\n`, 'another tenant has another name');
  const host = await (await run('cat /etc/passwd /etc/group; echo "${USER-}${LOGNAME-}${SHELL-}"')).ended();
  t.equal(host.stdout, `${users}${groups}\n`, 'the host and processes of operators keep what they had');

  const checked = await run('echo ready; sleep 600', 'one');
  await until(() => checked.read('stdout').includes('ready'));
  t.equal(
    await checked.task.reach?.exec(
      ['/bin/sh', '-c', `[ "$(whoami) $USER" = "${name} ${name}" ]`],
      AbortSignal.timeout(10_000 * PATIENCE),
    ),
    0,
    'a check has the name too',
  );
  await checked.task.stop(0);
});

for (const above of ['/tmp', '/var/lib'])
  void t.test(`a tenant's script runs below a closed folder in ${above}`, { skip }, async (t) => {
    const closed = ownFolder(t, above);
    const directory = path.join(closed, 'a project', 'data', 'agent');
    mkdirSync(directory, { recursive: true });
    for (const folder of [closed, path.join(closed, 'a project')]) chmodSync(folder, 0o700);
    writeFileSync(path.join(closed, 'a project', 'letter'), 'of the owner', { mode: 0o644 });
    t.equal(closedFolderAbove(directory), closed);
    const { run } = await scene(t, directory);
    for (const [interpreter, code] of [
      ['/bin/sh', 'head -n 1 "$0"; echo x > "$HOME/file" && mktemp; cd "$HOME" && cat file'],
      [
        '/usr/bin/env python3',
        'import os, tempfile; print(open(__file__).readline(), tempfile.mkstemp()[1])',
      ],
    ]) {
      const { exitCode, stdout, stderr } = await (await run(`#!${interpreter}\n${code}\n`, 'one')).ended();
      t.match({ exitCode, stdout, stderr }, { exitCode: 0, stderr: '' });
      t.ok(stdout.startsWith(`#!${interpreter}\n`));
      t.ok(stdout.includes(`${directory}/tasks/`), 'its temporary files are below the data directory');
    }
    const curious = await (
      await run(`ls -A '${closed}/a project' '${directory}/..'; ls '${directory}'`, 'one')
    ).ended();
    t.notMatch(curious.stdout, 'letter', 'nothing else in the closed folder can be seen');
    t.match(curious.stderr, /Permission denied/, 'and the agent’s own directory cannot be listed');
  });

void t.test('says why a script cannot run as a user who may not enter a folder', { skip }, async (t) => {
  const closed = ownFolder(t);
  const directory = path.join(closed, 'agent');
  mkdirSync(directory);
  const { run } = await scene(t, directory);
  chmodSync(closed, 0o700);
  await t.rejects(run('#!/bin/sh\necho', undefined, undefined, 'nobody'), {
    message: `its script cannot be read by its user, who may not enter ${closed}: keep the agent's data directory in a folder that all users may enter`,
  });
  t.match(await (await run('echo plain', undefined, undefined, 'nobody')).ended(), { stdout: 'plain\n' });
});

void t.test("a tenant's user has a name that no user or group of the host has", (t) => {
  t.equal(tenantName(340_001, 'root:x:0:0:root:/root:/bin/bash\n'), 'muster-340001');
  t.equal(tenantName(340_001, 'muster-3400011:x:5:5::/:/bin/sh\nmuster-340001:x:7:\n'), 'muster-340001-2');
  t.equal(tenantName(1, 'muster-1:x:5:5::/:/bin/sh\nmuster-1-2:x:7:'), 'muster-1-3');
  t.end();
});

void t.test('lists the folders in /tmp and /var/tmp that must remain visible to tasks', (t) => {
  const [one, other] = [ownFolder(t, '/tmp'), ownFolder(t, '/var/tmp')];
  t.equal(visibleFolders(['/var/lib/muster/agent']), '');
  t.equal(visibleFolders([`${one}/data/agent`]), one);
  t.equal(
    visibleFolders([other, `${one}/data/agent`, `${one}/channel`, '/usr/bin/conda', '/tmp/is/not/there']),
    `${other}\n${one}`,
    'each existing folder is listed once',
  );
  t.end();
});

void t.test("a tenant's program may open its output by path", { skip }, async (t) => {
  const { run } = await scene(t);
  const command =
    'echo one; echo two > /dev/stdout; echo three | tee /dev/stderr; echo four > /proc/self/fd/1; echo five > /dev/stderr; echo six >&2';
  t.match(await (await run(command, 'one')).ended(), {
    exitCode: 0,
    stdout: 'one\ntwo\nthree\nfour\n',
    stderr: 'three\nfive\nsix\n',
  });
});
