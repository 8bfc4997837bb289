import { readdirSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { BUILD_ID, GenerationStore } from '#agents/drivers/conda/generations/store.js';
import { lockText, type Lock } from '#domain/drivers/conda/index.js';
import { modulePackage, pythonPackage, type MadePackage } from '../../../fixtures/conda/channel.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { call } from '../../support/agent.js';
import { until } from '../../support/peer-server.js';
import { canBeOthers } from '../../../fixtures/other-user.js';
import { condaOrder, rattlerScene } from './scene.js';

t.setTimeout(240_000 * PATIENCE);

/** Stores the locks of its builds, as a server does. */
async function runScene(
  t: Test,
  packages: readonly MadePackage[],
  options: Parameters<typeof rattlerScene>[2] = {},
) {
  const kept = new Map<string, string>();
  const documents = {
    fetched: 0,
    fetch: async (hash: string): Promise<string> => {
      documents.fetched += 1;
      const text = kept.get(hash);
      if (text === undefined) throw new Error('nobody keeps it');
      return text;
    },
  };
  const scene = await rattlerScene(t, [pythonPackage(), ...packages], { documents, ...options });
  if (scene === undefined) return undefined;
  const { peer, build } = scene;
  const lockOf = async (...specs: string[]): Promise<{ hash: string; lock: Lock }> => {
    const { result } = await build({ specs });
    if (result.outcome !== 'built') throw new Error(result.error);
    kept.set(result.hash, lockText(result.lock));
    return result;
  };
  const run = async (lock: string, content: unknown, config: object = {}, rest: object = {}) => {
    const subject = condaOrder(
      { action: 'run', lock, script: { content }, tenant: 'one', give_output: true, ...config },
      rest,
    );
    peer.want(subject);
    const report = await peer.reported(subject.allocation_id, 'complete', 'failed');
    const task = report.tasks['main'];
    return {
      id: subject.allocation_id,
      status: report.status,
      message: task?.message ?? '',
      exitCode: task?.exit_code,
      output: task?.result as { stdout: string; stderr: string },
    };
  };
  const storeOf = (tenant: string): GenerationStore =>
    GenerationStore.of(path.join(scene.dataDir, 'agent/conda'), `tenant ${tenant}`);
  const prefixOf = async (tenant: string, hash: string): Promise<string> =>
    (await storeOf(tenant).ready(hash))?.prefix ?? '';
  return { ...scene, kept, documents, lockOf, run, storeOf, prefixOf };
}

void t.test("runs a script in its environment as its tenant's user, after activation", async (t) => {
  const file = 'etc/conda/env_vars.d/hello.json';
  const scene = await runScene(t, [
    modulePackage('hello', { noarch: 'generic', files: { [file]: '{"HELLO_DATA": "there"}' } }),
    modulePackage('mod'),
  ]);
  if (scene === undefined) return;
  const { hash } = await scene.lockOf('hello', 'mod');
  const code = [
    'import os, sys, mod',
    'print(mod.NAME, sys.prefix == os.environ["CONDA_PREFIX"], os.environ["PATH"].split(":")[0] == sys.prefix + "/bin")',
    'print(os.environ["HELLO_DATA"], os.environ["OWN"], os.environ.get("CODE"), os.path.basename(sys.argv[0]))',
    'print(oct(os.stat(sys.argv[0]).st_mode), os.stat(sys.argv[0]).st_uid == os.getuid())',
    'sys.exit(3)',
  ].join('\n');
  const { exitCode, output } = await scene.run(hash, { env: 'CODE' }, {}, { env: { CODE: code, OWN: 'o' } });
  t.equal(output.stdout, 'mod True True\nthere o None script.py\n0o100400 True\n', output.stderr);
  t.equal(exitCode, 3);
  t.equal(scene.documents.fetched, 0, 'the lock of an existing environment is not fetched');
});

void t.test('sets variables of activation scripts, unless the run overrides them', async (t) => {
  const script = (name: string, text: string) =>
    modulePackage(name, { noarch: 'generic', files: { [`etc/conda/activate.d/${name}.sh`]: text } });
  const scene = await runScene(t, [
    script(
      'first',
      'export FIRST="$CONDA_PREFIX/share" BOTH=package\nPATH="/first:$PATH"\necho noise\n[[ -n $HELLO ]] && export SEEN=$HELLO\n',
    ),
    script('temporary', 'export GONE="$TMPDIR/x" KEPT="two\nlines = 1"\n'),
    modulePackage('hello', {
      noarch: 'generic',
      files: { 'etc/conda/env_vars.d/hello.json': '{"HELLO": "there"}' },
    }),
  ]);
  if (scene === undefined) return;
  const { hash } = await scene.lockOf('python', 'first', 'temporary', 'hello');
  const code = `import os
prefix = os.environ["CONDA_PREFIX"]
print(os.environ["FIRST"] == prefix + "/share", os.environ["PATH"].startswith("/first:" + prefix + "/bin:"))
print([os.environ.get(each) for each in ["BOTH", "SEEN", "GONE", "KEPT", "SHLVL"]])`;
  const { output } = await scene.run(hash, code, {}, { env: { BOTH: 'run' } });
  t.equal(output.stdout, "True True\n['run', 'there', None, 'two\\nlines = 1', None]\n", output.stderr);
});

void t.test(
  'runs activation scripts without privileges, and ignores their variables if they fail',
  async (t) => {
    const files = {
      'etc/conda/activate.d/a.sh':
        'export A=1\necho "ran as $(id -u) with ${RATTLER_AUTH_FILE-nothing}"\nexit 0\n',
    };
    const scene = await runScene(t, [modulePackage('bad', { noarch: 'generic', files })], {
      conda: { credentials: 'x.intern=tk-12345' },
    });
    if (scene === undefined) return;
    const { result, log } = await scene.build({ specs: ['python', 'bad'] });
    if (result.outcome !== 'built') return t.fail();
    t.match(
      log,
      /ran as \d+ with nothing\nVariables from activate\.d are ignored: its scripts ended the shell/,
    );
    if (canBeOthers()) t.notMatch(log, 'ran as 0 ');
    const { output } = await scene.run(result.hash, 'import os; print(os.environ.get("A"))');
    t.equal(output.stdout, 'None\n', output.stderr);
  },
);

void t.test('many runs create a missing environment from its lock exactly once', async (t) => {
  const scene = await runScene(t, [modulePackage('mod')]);
  if (scene === undefined) return;
  const { lock, hash } = await scene.lockOf('mod');
  const text = lockText(lock);
  scene.kept.set(hash, text);
  const asked = scene.channel.asked.length;
  const ended = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      scene.run(hash, `import mod; print(${JSON.stringify(name)})`, { tenant: 'two' }),
    ),
  );
  t.same(
    ended.map(({ output }) => output?.stdout),
    ['a\n', 'b\n', 'c\n'],
  );
  const fetched = scene.channel.asked.slice(asked);
  t.same(
    fetched.filter((each) => each.includes('repodata')),
    [],
    'nothing was solved',
  );
  t.same(fetched.filter((each) => each.includes('mod-')).length, 1, 'each package was fetched once');
  const { folder } = scene.storeOf('two');
  t.same(readdirSync(folder).filter((name) => BUILD_ID.test(name)).length, 1, 'one environment was created');
  t.same(readdirSync(path.join(folder, 'work')), []);
});

void t.test(
  "a run's log shows the creation of its environment first, and then the run's output",
  async (t) => {
    const scene = await runScene(t, [modulePackage('mod')]);
    if (scene === undefined) return;
    const { lock, hash } = await scene.lockOf('mod');
    scene.kept.set(hash, lockText(lock));
    const held = scene.channel.hold('/mod-1.0');
    const subject = condaOrder({
      action: 'run',
      lock: hash,
      script: { content: 'print("the run")' },
      tenant: 'two',
    });
    scene.peer.want(subject);
    const log = `${scene.agent.url}/allocations/${subject.allocation_id}/logs`;
    await until(() => held.waiting > 0, undefined, 60);
    t.match((await call<string>('GET', `${log}?tail=1`)).body, /^Installing \d+ packages\n$/);
    // It has begun to follow once its headers are there. Otherwise the environment could be ready before.
    const followed = await fetch(`${log}?follow=true`);
    held.letGo();
    t.match(await followed.text(), /Installing \d+ packages\n(.*\n)*Ready after .*\nthe run\n$/);
    t.equal((await call<string>('GET', log)).body, 'the run\n');
  },
);

void t.test('reports why an environment could not be created', async (t) => {
  const scene = await runScene(t, [modulePackage('mod')]);
  if (scene === undefined) return;
  const { lock, hash } = await scene.lockOf('mod');
  const other = 'f'.repeat(64);
  t.match(await scene.run(other, 'pass'), {
    status: 'failed',
    message: /^the lock of its environment cannot be fetched: nobody keeps it/,
  });
  scene.kept.set(other, lockText(lock));
  t.match(await scene.run(other, 'pass'), {
    status: 'failed',
    message: `the content of lock ${other} does not match its hash`,
  });
  await rm(path.join(scene.channel.folder, 'noarch/mod-1.0-py_0.conda'));
  t.match(await scene.run(hash, 'pass', { tenant: 'two' }), {
    status: 'failed',
    message: /^its environment could not be built: .*mod/s,
  });
});

void t.test(
  'packages and runs cannot change generations, other environments or the package cache',
  async (t) => {
    if (!canBeOthers()) return t.pass('needs root', { skip: 'needs root' });
    const evil = {
      'bin/.evil-post-link.sh': '#!/bin/sh\ntouch "$PREFIX/../../../ran"\ntouch /tmp/muster-evil-ran\n',
    };
    const large = 'x = 1\n'.repeat(2000);
    const scene = await runScene(t, [
      modulePackage('mod', { noarch: 'generic', files: { 'share/large.txt': large } }),
      modulePackage('evil', { noarch: 'generic', files: evil }),
    ]);
    if (scene === undefined) return;
    const mine = await scene.lockOf('mod');
    const also = await scene.lockOf('mod', 'evil');
    const { result } = await scene.build({ specs: ['mod'], tenant: 'two' });
    if (result.outcome !== 'built') return t.fail();
    await t.rejects(stat('/tmp/muster-evil-ran'), 'scripts of packages do not run');
    const [own, other] = await Promise.all([
      scene.prefixOf('one', mine.hash),
      scene.prefixOf('one', also.hash),
    ]);
    const foreign = scene.storeOf('two').folder;
    t.ok(
      (await stat(`${foreign}/packages/mod-1.0-0`)).isDirectory(),
      'the cache that the run must not read exists',
    );
    const targets = [
      own,
      `${own}/share/large.txt`,
      `${own}/bin`,
      other,
      `${other}/share/large.txt`,
      path.dirname(own),
      `${path.dirname(own)}/packages`,
      `${path.dirname(own)}/index`,
      path.join(foreign, result.hash),
      foreign,
    ];
    const code = `
import os
done = []
def attempt(what, act):
    try:
        act()
        done.append(what)
    except OSError:
        pass
for each in ${JSON.stringify(targets)}:
    attempt("chmod " + each, lambda: os.chmod(each, 0o777))
    attempt("write " + each, lambda: open(each, "a").write("x"))
    attempt("put " + each, lambda: open(each + "/put", "w").write("x"))
    attempt("move " + each, lambda: os.rename(each, each + ".old"))
attempt("link", lambda: os.link("${own}/share/large.txt", "linked"))
attempt("list", lambda: os.listdir("${path.dirname(own)}"))
attempt("list foreign", lambda: os.listdir("${path.join(foreign, result.hash)}"))
for each in ["${foreign}", "${path.dirname(own)}"]:
    attempt("read a package of " + each, lambda: os.listdir(each + "/packages/mod-1.0-0"))
print(done, open("${own}/share/large.txt").read() == "x = 1\\n" * 2000)
`;
    const { output } = await scene.run(mine.hash, code);
    t.equal(output.stdout, '[] True\n', output.stderr.slice(-300));
    const inodes = await Promise.all(
      [own, other].map(async (prefix) => (await stat(`${prefix}/share/large.txt`)).ino),
    );
    t.equal(inodes[0], inodes[1], 'equal files in a tenant’s generations share one inode');
    t.ok((await readFile(`${own}/share/large.txt`, 'utf8')) === large);
  },
);
