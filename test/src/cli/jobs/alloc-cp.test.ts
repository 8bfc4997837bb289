import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { shellQuoted } from '#agents/platform/shell-quote.js';
import { splitPath, taskPath } from '#src/cli/jobs/alloc-cp.js';
import { startAgent } from '../../../fixtures/agent.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { folderForTenants } from '../../../fixtures/folder.js';
import { parsePrometheus, valueOf } from '../../../fixtures/prometheus-text.js';
import { MUSTER, Program, runToEnd } from '../../../fixtures/program.js';
import { startServer } from '../../../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

const server = await startServer(t, {
  env: { MUSTER_ADMIN_USERNAME: 'root', MUSTER_ADMIN_PASSWORD: 'password-of-root' },
});
await startAgent(t, server);
const here = t.testdir({ one: 'first\n', folder: { two: 'second\n', sub: { three: '3' } } });
const config = join(here, 'config');
const env = { MUSTER_SERVER_URL: server.url, XDG_CONFIG_HOME: config };
const muster = async (args: readonly string[], input?: string) =>
  await runToEnd({
    command: process.execPath,
    args: [MUSTER, ...args],
    env,
    ...(input !== undefined && { input }),
  });
const local = (name: string): string => join(here, name);

/** Starts a job, and returns the id of its allocation. */
async function running(job: string, task: object = {}): Promise<string> {
  await server.api.submit({
    job_id: job,
    task_groups: [
      { name: 'web', tasks: [{ name: 'main', config: { command: 'sleep 1000' }, kill_timeout: 0, ...task }] },
    ],
  });
  const { allocations } = await server.api.jobIs(job, 'running', 60_000 * PATIENCE);
  return allocations[0]?.allocation_id ?? '';
}
const id = await running('one');
const inTask = async (script: string): Promise<string> =>
  (await muster(['exec', id, '--', 'sh', '-c', script])).stdout;

/** Starts a job of a user who may not write everywhere, as root may. */
async function runningAsNobody(job: string) {
  const user = process.getuid?.() === 0 ? { user: 'nobody' } : {};
  const allocation = await running(job, user);
  const script = async (text: string): Promise<string> =>
    (await muster(['exec', allocation, '--', 'sh', '-c', text])).stdout;
  return { id: allocation, inTask: script };
}

void t.test('reads the two forms of paths', async (t) => {
  t.same(taskPath('6a1f:/var/log'), { allocation: '6a1f', task: undefined, path: '/var/log' });
  t.same(taskPath('6a1f/web:a:b'), { allocation: '6a1f', task: 'web', path: 'a:b' });
  for (const each of ['-', 'plain', './a:b', '/a:b', '../a:b', 'a/b/c:d']) t.equal(taskPath(each), undefined);
  t.same(splitPath('/var/log/'), { folder: '/var', name: 'log' });
  t.same(splitPath('log'), { folder: '.', name: 'log' });
  t.same(splitPath('-x/log'), { folder: './-x', name: 'log' });
  t.same(splitPath('/'), { folder: '/', name: '' });
  t.same(splitPath('log/.'), { folder: 'log/.', name: '' });
});

void t.test('copies files and folders into a task and back', async (t) => {
  t.match(await muster(['cp', local('one'), `${id}:copy`]), {
    code: 0,
    stderr: /copied 1 file, 6 bytes, to/,
  });
  t.equal(await inTask('cat copy'), 'first');
  t.match(await muster(['alloc', 'cp', local('folder'), `${id.slice(0, 8)}/main:.`]), { code: 0 });
  t.match(await muster(['cp', `${local('folder')}/.`, `${id}:folder/sub`]), { code: 0 });
  t.equal(await inTask('cat folder/two folder/sub/two folder/sub/sub/three'), 'second\nsecond\n3');

  await inTask(
    'ln -s two folder/link; ln -s /etc/passwd folder/out; head -c 3000000 /dev/zero > folder/large',
  );
  const back = await muster(['cp', `${id}:folder`, local('new')]);
  t.match(back, {
    code: 0,
    stderr: /left out: new\/out is a link to \/etc\/passwd\ncopied 6 files, 2.9 MiB/,
  });
  t.equal(readFileSync(local('new/sub/sub/three'), 'utf8'), '3');
  t.equal(readlinkSync(local('new/link')), 'two');
  t.equal(readFileSync(local('new/large')).length, 3_000_000);
  t.match(await muster(['cp', `${id}:copy`, here]), { code: 0 });
  t.equal(readFileSync(local('copy'), 'utf8'), 'first\n');
  t.match(await muster(['cp', '-o', 'json', `${id}:folder/sub/.`, here]), { stdout: /"files": 3/ });
  t.ok(existsSync(local('two')) && existsSync(local('sub/three')));
});

void t.test('replaces what is in the task only when the copy is complete', async (t) => {
  const start = (): Program =>
    Program.start({ command: process.execPath, args: [MUSTER, 'cp', local('huge'), `${id}:copy`], env });
  const partial = async (): Promise<string> => await inTask('ls -A | grep muster-cp');
  for (const interrupt of [
    (program: Program) => program.child.kill('SIGKILL'),
    () => truncateSync(local('huge'), 100),
  ]) {
    writeFileSync(local('huge'), '');
    truncateSync(local('huge'), 20_000_000_000);
    const program = start();
    await eventually(async () => (await partial()) !== '');
    interrupt(program);
    const { code } = await program.exited;
    t.equal(await inTask('cat copy'), 'first');
    if (code === null) await inTask('rm .muster-cp-*');
    else t.match(program.stderr.join('\n'), /huge became shorter while it was copied/);
    t.equal(await partial(), '');
  }
  t.match(await muster(['cp', local('folder'), `${id}:-new`]), { code: 0 });
  t.match(await muster(['cp', local('one'), `${id}:-new`]), { code: 0 });
  t.equal(await inTask('cat ./-new/two ./-new/one; ls -A | grep muster-cp'), 'second\nfirst');
  t.match(await muster(['cp', local('one'), `${id}:.`]), { code: 0 });
  await inTask('mkdir -p folder/one');
  t.match(await muster(['cp', local('one'), `${id}:folder`]), {
    code: 1,
    stderr: /folder\/one is a folder in the task, and the source is a file/,
  });
  await inTask('rmdir folder/one');
});

void t.test('leaves nothing on either side when it is interrupted by a signal', async (t) => {
  const parts = async (): Promise<string> => await inTask('ls -A . into 2>/dev/null | grep muster-cp');
  await inTask('mkdir into; truncate -s 3000000000 large');
  writeFileSync(local('large'), '');
  truncateSync(local('large'), 3_000_000_000);
  mkdirSync(local('many/sub'), { recursive: true });
  writeFileSync(local('many/sub/large'), '');
  truncateSync(local('many/sub/large'), 3_000_000_000);
  mkdirSync(local('got'));
  const isHere = (): boolean => readdirSync(local('got')).some((each) => each.startsWith('.muster-cp-'));
  for (const [args, begun, signal, code] of [
    [[local('large'), `${id}:copied`], async () => (await parts()) !== '', 'SIGTERM', 143],
    [[`${local('many')}/.`, `${id}:into`], async () => (await parts()) !== '', 'SIGINT', 130],
    [[`${id}:large`, local('got')], isHere, 'SIGINT', 130],
  ] as const) {
    const program = Program.start({ command: process.execPath, args: [MUSTER, 'cp', ...args], env });
    await eventually(begun);
    program.child.kill(signal);
    t.match(await program.exited, { code }, args.join(' '));
    t.match(program.stderr.join('\n'), /interrupted: the copy is incomplete/);
    t.equal(await parts(), '');
    t.notOk(isHere());
  }
  await inTask('rm -r large into');
});

void t.test('merges a folder into one that exists, and loses nothing when that is interrupted', async (t) => {
  const from = t.testdir({
    conf: {
      a: 'new a',
      '.hidden': 'new hidden',
      sub: { b: 'new b', deep: { c: 'new c' } },
      link: 'new file',
    },
  });
  const conf = join(from, 'conf');
  await inTask(
    'mkdir -p etc/conf/sub etc/else; echo old a >etc/conf/a; echo kept >etc/conf/sub/kept; ln -s ../else etc/conf/link',
  );
  const inode = async (): Promise<string> => await inTask('stat -c %i etc/conf/sub');
  const before = await inode();
  writeFileSync(join(conf, 'z-huge'), '');
  truncateSync(join(conf, 'z-huge'), 20_000_000_000);
  for (const source of [conf, `${conf}/.`]) {
    const target = source === conf ? 'etc' : 'etc/conf';
    const program = Program.start({
      command: process.execPath,
      args: [MUSTER, 'cp', source, `${id}:${target}`],
      env,
    });
    await eventually(async () => (await inTask('ls -A etc/conf/.muster-cp-*/z-huge')) !== '');
    program.child.kill('SIGKILL');
    await program.exited;
    t.equal(await inTask('cat etc/conf/a; ls -A etc/conf/sub'), 'old a\nkept');
    await inTask('rm -r etc/conf/.muster-cp-*');
  }
  unlinkSync(join(conf, 'z-huge'));
  t.match(await muster(['cp', conf, `${id}:etc`]), { code: 0, stderr: /copied 5 files/ });
  t.equal(
    await inTask(
      'cd etc/conf; for each in a .hidden sub/b sub/deep/c link sub/kept; do cat $each; echo; done | grep .',
    ),
    'new a\nnew hidden\nnew b\nnew c\nnew file\nkept',
  );
  t.equal(await inode(), before, 'the folder is the same');
  t.equal(
    await inTask('ls -A etc/conf etc/else | grep muster-cp; ls etc/else; test -L etc/conf/link && echo link'),
    '',
  );
  await inTask('rm -r etc/conf/sub; echo file >etc/conf/sub');
  t.match(await muster(['cp', `${conf}/.`, `${id}:etc/conf`]), {
    code: 1,
    stderr: /etc\/conf\/sub is a file in the task, and a folder in the source/,
  });
  t.equal(await inTask('cat etc/conf/sub; ls -A etc/conf | grep muster-cp'), 'file');
});

void t.test('merges folders that are read-only', async (t) => {
  const { id, inTask } = await runningAsNobody('read-only');
  const from = t.testdir({ conf: { a: 'a', fixed: { b: 'b', deep: { c: 'c' } }, new: { d: { e: 'e' } } } });
  const conf = join(from, 'conf');
  const readOnly = ['fixed/deep', 'fixed', 'new/d', 'new'].map((each) => join(conf, each));
  for (const each of readOnly) chmodSync(each, 0o555);
  await inTask('mkdir -p merged/conf/fixed; echo kept >merged/conf/fixed/kept');
  t.match(await muster(['cp', conf, `${id}:merged`]), { code: 0, stderr: /copied 4 files/ });
  const [files, folders] = ['a fixed/b fixed/deep/c fixed/kept new/d/e', 'new new/d fixed/deep'].map(
    (names) => names.replaceAll(/\S+/g, 'merged/conf/$&'),
  );
  t.equal(
    await inTask(`cat ${files}; stat -c %a ${folders}; ls -A merged/conf`),
    'abckept\ne555\n555\n555\na\nfixed\nnew',
    'and each new folder has its mode',
  );
  // The folder of an archive has a mode, too.
  const archive = await runToEnd({
    command: 'sh',
    args: [
      '-c',
      `tar c -C ${shellQuoted(join(conf, 'fixed'))} . | "$0" "$1" cp - ${id}:merged`,
      process.execPath,
      MUSTER,
    ],
    env,
  });
  t.match(archive, { code: 0, stderr: '' });
  t.equal(await inTask('cat merged/b merged/deep/c; ls -A merged'), 'bcb\nconf\ndeep');
  await inTask('mkdir refused; echo file >refused/new');
  t.match(await muster(['cp', `${conf}/.`, `${id}:refused`]), {
    code: 1,
    stderr: /new is a file in the task, and a folder in the source/,
  });
  t.equal(await inTask('ls -A refused | grep muster-cp'), '', 'what was not moved is removed');
  // Only root can remove them as they are.
  for (const each of readOnly.toReversed()) chmodSync(each, 0o755);
});

void t.test('writes in place where no other folder can be made, and says so', async (t) => {
  const { id, inTask } = await runningAsNobody('closed');
  const from = t.testdir({ open: { a: 'new' } });
  await inTask('mkdir -p closed/open; echo old >closed/open/a; chmod 555 closed');
  t.match(await muster(['cp', `${from}/.`, `${id}:closed`]), {
    code: 0,
    stderr: /files are written in place, and may be incomplete if this is interrupted: .*denied/,
  });
  t.equal(await inTask('cat closed/open/a; ls -A closed'), 'newopen');
  const programs = folderForTenants(t);
  for (const each of ['tar', 'test', 'rm']) symlinkSync(`/usr/bin/${each}`, join(programs, each));
  const bare = await running('bare', { env: { PATH: programs }, config: { command: '/bin/sleep 1000' } });
  t.match(await muster(['cp', `${from}/.`, `${bare}:.`]), {
    code: 0,
    stderr: /files are written in place, .*: the task has no sh or mkdir/,
  });
  t.match(await muster(['exec', bare, '--', 'test', '-s', 'open/a']), { code: 0 });
});

void t.test('looks up a job once for all steps of a copy', async (t) => {
  const lookups = async (): Promise<number> => {
    const families = parsePrometheus((await server.api.get('/metrics')).text);
    const ofList = { route: '/jobs', method: 'GET', status: '2xx' };
    return valueOf(families, 'muster_http_request_duration_seconds_count', ofList) ?? 0;
  };
  const before = await lookups();
  t.match(await muster(['cp', local('one'), 'one:looked-up']), { code: 0 });
  t.equal((await lookups()) - before, 1);
  t.equal(await inTask('cat looked-up'), 'first');
});

void t.test('says what stays in the task if it cannot be removed', async (t) => {
  const programs = folderForTenants(t);
  for (const [name, exitCode] of [
    ['mv', 3],
    ['rm', 4],
  ] as const)
    writeFileSync(join(programs, name), `#!/bin/sh\necho 'no ${name}' >&2\nexit ${exitCode}\n`, {
      mode: 0o755,
    });
  const stuck = await running('stuck', { env: { PATH: `${programs}:/usr/bin:/bin` } });
  t.match(await muster(['cp', local('one'), `${stuck}:copy`]), {
    code: 1,
    stderr:
      /the incomplete \.\/\.muster-cp-\S+ stays in the task: .*rm in the task ended with exit code 4\nno rm\n[^]*mv in the task ended with exit code 3\nno mv/,
  });
});

void t.test('follows links with -L', async (t) => {
  mkdirSync(local('links'));
  symlinkSync('../one', local('links/file'));
  symlinkSync('../folder', local('links/folder'));
  symlinkSync('missing', local('links/nowhere'));
  symlinkSync('..', local('folder/sub/up'));
  t.match(await muster(['cp', '-L', local('links'), `${id}:links`]), {
    code: 0,
    stderr:
      /left out: .*sub\/up is a link to a folder that contains it\nleft out: .*nowhere is a link that leads nowhere\n/,
  });
  t.equal(await inTask('cat links/file links/folder/two; find links -type l'), 'first\nsecond');
  await inTask('ln -s two links/folder/link');
  t.match(await muster(['cp', '--follow-link', `${id}:links/folder`, local('followed')]), { code: 0 });
  t.equal(readFileSync(local('followed/link'), 'utf8'), 'second\n');
  t.throws(() => readlinkSync(local('followed/link')));
});

void t.test('reads and writes archives', async (t) => {
  const run = async (script: string) =>
    await runToEnd({ command: 'sh', args: ['-c', script, process.execPath, MUSTER], env });
  t.match(await run(`"$0" "$1" cp ${id}:folder/sub - | tar t`), { stdout: /^\.\/sub\/\n/ });
  t.match(
    await run(
      `mkdir -p ${shellQuoted(local('x'))}; tar c -C ${shellQuoted(here)} one | "$0" "$1" cp - ${id}:folder`,
    ),
    {
      code: 0,
      stderr: '',
    },
  );
  t.equal(await inTask('cat folder/one'), 'first');
});

void t.test('says what is wrong', async (t) => {
  const fails = async (from: string, to: string, stderr: RegExp): Promise<void> => {
    t.match(await muster(['cp', from, to]), { code: 1, stderr }, `${from} ${to}`);
  };
  await fails('a', 'b', /one of the two must be in a task/);
  await fails(`${id}:a`, `${id}:b`, /one of the two must be in a task/);
  await fails(`${id}:`, 'b', /name a path after the colon/);
  await fails(`${id}:missing`, here, /exit code 2\ntar: \.\/missing: Cannot stat/);
  await fails(local('missing'), `${id}:.`, /missing: no such file or folder/);
  await fails(local('one'), `${id}:no/such/place`, /the copy is incomplete: tar in the task/);
  await fails(local('one'), `${id}:no/`, /no\/: no such folder in the task/);
  await fails(local('folder'), `${id}:copy`, /copy is a file in the task, and the source is a folder/);
  t.equal(await inTask('cat copy'), 'first', 'it is still there');
  await fails(`${id}:copy`, `${local('no')}/`, /no such folder/);
  await fails(`${id}:folder/out`, here, /not copied: .*out is a link to \/etc\/passwd/);
  await fails('ffffffff:a', here, /no such allocation/);
});

void t.test('writes nothing outside, whatever the task sends', async (t) => {
  const programs = folderForTenants(t);
  const files = join(programs, 'files');
  mkdirSync(files);
  writeFileSync(join(files, 'planted'), 'planted');
  writeFileSync(
    join(programs, 'tar'),
    `#!/bin/sh\nexec /bin/tar -c -P -C ${files} --transform='s,planted,${local('planted')},' planted\n`,
  );
  chmodSync(join(programs, 'tar'), 0o755);
  const hostile = await running('hostile', { env: { PATH: `${programs}:/usr/bin:/bin` } });
  t.match(await muster(['cp', `${hostile}:data`, local('data')]), {
    code: 1,
    stderr: /the task sent .*planted, which is not in the folder that was requested/,
  });
  t.notOk(existsSync(local('planted')));

  const changed = 'tar: ./data: file changed as we read it';
  const saying = (text: string): string => `#!/bin/sh\n/bin/tar "$@"\necho '${text}' >&2\nexit 1\n`;
  writeFileSync(join(programs, 'tar'), saying(changed));
  t.match(await muster(['exec', hostile, '--', 'sh', '-c', 'echo grows > data']), { code: 0 });
  t.match(await muster(['cp', `${hostile}:data`, local('data')]), {
    code: 0,
    stderr: /file changed as we read it\ncopied 1 file/,
  });
  writeFileSync(join(programs, 'tar'), saying(`${changed}\ntar: ./data: Cannot open: Permission denied`));
  t.match(await muster(['cp', `${hostile}:data`, local('data')]), { code: 1, stderr: /exit code 1\n/ });

  writeFileSync(join(programs, 'tar'), '#!/bin/sh\nexit 127\n');
  t.match(await muster(['cp', `${hostile}:data`, here]), {
    code: 127,
    stderr: /the task has no program tar, which copies need: use an image with it/,
  });
});

void t.test('is refused to other tenants, and ends with the allocation', async (t) => {
  t.match(await muster(['user', 'create', 'other'], 'password-of-other\n'), { code: 0 });
  t.match(await muster(['login', 'other'], 'password-of-other\n'), { code: 0 });
  t.match(await muster(['cp', `${id}:copy`, here]), { code: 1, stderr: /no such allocation/ });
  t.match(await muster(['cp', local('one'), `${id}:copy`]), { code: 1, stderr: /no such allocation/ });
  t.match(await muster(['logout']), { code: 0 });
  t.match(await muster(['job', 'stop', 'one']), { code: 0 });
  await server.api.jobIs('one', 'dead', 60_000 * PATIENCE);
  t.match(await muster(['cp', `${id}:copy`, here]), {
    code: 1,
    stderr: /the allocation has ended \(stopped, /,
  });
});
