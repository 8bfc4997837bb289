import { chmod, copyFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { lockText, packageUrl } from '#domain/drivers/conda/index.js';
import { createHash } from 'node:crypto';
import {
  makeChannel,
  modulePackage,
  pythonPackage,
  type MadePackage,
} from '../../../fixtures/conda/channel.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { condaOrder, rattlerScene } from './scene.js';

t.setTimeout(240_000 * PATIENCE);

void t.test('solves and installs an environment, and reports the result with its lock', async (t) => {
  const scene = await rattlerScene(t, [
    pythonPackage(),
    modulePackage('hello', { entry_points: ['hello = hello:main'] }),
  ]);
  if (scene === undefined) return;
  const { result, log } = await scene.build({ specs: ['hello'] });
  if (result.outcome !== 'built') return t.fail(JSON.stringify(result));
  t.match(result, {
    backend: 'rattler',
    lock: {
      version: 1,
      platform: 'linux-64',
      channels: [scene.channel.url],
      packages: [{ name: 'hello', version: '1.0' }, { name: 'python' }],
      pip: [],
    },
  });
  t.equal(result.hash, createHash('sha256').update(lockText(result.lock)).digest('hex'));
  t.ok((result.disk ?? 0) > 0);
  for (const each of result.lock.packages) {
    const bytes = await readFile(
      path.join(scene.channel.folder, packageUrl(result.lock, each).replace(scene.channel.url, '')),
    );
    t.equal(each.sha256, createHash('sha256').update(bytes).digest('hex'));
    t.equal(each.size, bytes.length);
  }
  t.match(
    log,
    /Solving hello with rattler\nSolved in .*:\n {2}hello 1\.0 py_0\n {2}python .*\nInstalling 2 packages\nReady after/,
  );
  t.equal(result.log, log, 'the result includes the log');
  const folder = path.join(scene.dataDir, 'agent/conda');
  const [tenant = ''] = await readdir(folder);
  const prefix = path.join(folder, tenant, result.hash);
  t.ok((await stat(path.join(prefix, 'bin/hello'))).isFile());
  t.same(await readdir(path.join(folder, tenant, 'work')), [], 'the work folder is empty');
});

void t.test('reuses an existing environment, and installs from a lock without solving', async (t) => {
  const scene = await rattlerScene(t, [pythonPackage(), modulePackage('hello')]);
  if (scene === undefined) return;
  const first = await scene.build({ specs: ['hello'] });
  const again = await scene.build({ specs: ['hello'] });
  if (first.result.outcome !== 'built' || again.result.outcome !== 'built') return t.fail('not built');
  t.equal(again.result.hash, first.result.hash);
  t.equal(again.result.disk, first.result.disk);
  t.match(again.log, /This node already has that environment/);
  const asked = scene.channel.asked.length;
  const locked = await scene.build({ lock: first.result.lock });
  t.match(locked.result, { outcome: 'built', hash: first.result.hash, took: { solve: 0, build: 0 } });
  const other = await scene.build({ lock: first.result.lock, tenant: 'two' });
  t.match(other.result, { outcome: 'built', hash: first.result.hash, disk: first.result.disk });
  t.notMatch(other.log, /Solv/);
  t.same(
    scene.channel.asked.slice(asked).filter((each) => each.includes('repodata')),
    [],
    'no channel index was fetched',
  );
});

void t.test('reuses unpacked packages, unless their content differs', async (t) => {
  const scene = await rattlerScene(t, [pythonPackage(), modulePackage('a'), modulePackage('b')]);
  if (scene === undefined) return;
  const { channel, build } = scene;
  const first = await build({ specs: ['a'] });
  if (first.result.outcome !== 'built') return t.fail();
  const folder = path.join(scene.dataDir, 'agent/conda');
  const [tenant = ''] = await readdir(folder);
  await build({ specs: ['a', 'b'] });
  t.same(
    channel.asked.filter((each) => each.endsWith('.conda')),
    ['/noarch/a-1.0-py_0.conda', '/noarch/b-1.0-py_0.conda'],
  );
  const other = await makeChannel(t, scene.bin, [
    modulePackage('a', { files: { 'site-packages/a.py': 'NAME = "another"\n' } }),
  ]);
  await copyFile(
    path.join(other.folder, 'noarch/a-1.0-py_0.conda'),
    path.join(channel.folder, 'noarch/a-1.0-py_0.conda'),
  );
  const bytes = await readFile(path.join(other.folder, 'noarch/a-1.0-py_0.conda'));
  const packages = first.result.lock.packages.map((each) => ({
    ...each,
    ...(each.name === 'a' && {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      size: bytes.length,
    }),
  }));
  const { result } = await build({ lock: { ...first.result.lock, packages } });
  if (result.outcome !== 'built') return t.fail();
  const files = await contentsOf(path.join(folder, tenant, result.hash), 'a.py');
  t.match(files, [/another/]);
});

void t.test('solves a plan without creating an environment', async (t) => {
  const scene = await rattlerScene(t, [pythonPackage(), modulePackage('hello')]);
  if (scene === undefined) return;
  const { result } = await scene.build({ specs: ['hello'], plan: true });
  t.match(result, {
    outcome: 'built',
    disk: null,
    lock: { packages: [{ name: 'hello' }, { name: 'python' }] },
  });
  const folder = path.join(scene.dataDir, 'agent/conda');
  const [tenant = ''] = await readdir(folder);
  t.same((await readdir(path.join(folder, tenant))).sort(), ['files', 'index', 'locks', 'packages', 'work']);
});

void t.test('keeps the versions of installed packages where the new requirements allow it', async (t) => {
  const versions = (name: string, ...all: string[]) => all.map((version) => modulePackage(name, { version }));
  const scene = await rattlerScene(t, [
    pythonPackage(),
    ...versions('a', '1.0', '2.0'),
    ...versions('b', '1.0', '2.0'),
  ]);
  if (scene === undefined) return;
  const { result } = await scene.build({ specs: ['a=1.0'] });
  if (result.outcome !== 'built') return t.fail();
  const more = await scene.build({ specs: ['a', 'b'], base: result.lock, plan: true });
  t.match(more.result, {
    lock: { packages: [{ name: 'a', version: '1.0' }, { name: 'b', version: '2.0' }, {}] },
  });
});

void t.test("reports the packages that cannot be solved, with the solver's messages", async (t) => {
  const scene = await rattlerScene(t, [
    pythonPackage(),
    modulePackage('fine'),
    modulePackage('lib', { version: '1.0' }),
    modulePackage('lib', { version: '2.0' }),
    modulePackage('old', { depends: ['python', 'lib <2'] }),
    modulePackage('new', { depends: ['python', 'lib >=2'] }),
    modulePackage('orphan', { depends: ['python', 'nowhere'] }),
  ]);
  if (scene === undefined) return;
  const failure = async (...specs: string[]) => (await scene.build({ specs }, 'failed')).result;
  t.match(await failure('fine', 'nope'), {
    outcome: 'failed',
    step: 'solve',
    failed: [{ name: 'nope', why: 'not_found' }],
    error: /No candidates were found for nope/,
  });
  const conflict = await failure('fine', 'old', 'new');
  t.match(conflict, { step: 'solve', error: /lib/ });
  t.same(conflict.outcome === 'failed' && conflict.failed.map(({ name, why }) => `${name} ${why}`).sort(), [
    'new conflict',
    'old conflict',
  ]);
  t.match(await failure('fine', 'orphan'), {
    step: 'solve',
    failed: [{ name: 'orphan', why: 'conflict' }],
    error: /nowhere/,
  });
});

void t.test('installs no package files outside the prefix', async (t) => {
  const outside = ownFolder(t);
  await chmod(outside, 0o777);
  const generic = (name: string, given: Partial<MadePackage>): MadePackage =>
    modulePackage(name, { noarch: 'generic', depends: [], ...given });
  const climbing = '../'.repeat(12);
  const scene = await rattlerScene(t, [
    generic('climbs', {
      files: { '../climbed.txt': 'x', [`${climbing}${path.relative('/', outside)}/climbed.txt`]: 'x' },
    }),
    generic('rooted', { files: { [`${outside}/rooted.txt`]: 'x' } }),
    generic('through', { links: { out: outside }, files: { 'out/through.txt': 'x' } }),
    // Later files go through the earlier link.
    generic('first', { links: { 'share/out': outside } }),
    generic('then', { depends: ['first'], files: { 'share/out/then.txt': 'x' } }),
  ]);
  if (scene === undefined) return;
  for (const name of ['climbs', 'rooted', 'through']) {
    const { result } = await scene.build({ specs: [name] }, 'failed');
    t.match(result, { outcome: 'failed', failed: [{ name, why: 'broken' }] });
  }
  const folder = path.join(scene.dataDir, 'agent/conda');
  const [tenant = ''] = await readdir(folder);
  t.same(
    (await readdir(path.join(folder, tenant))).sort(),
    ['files', 'index', 'locks', 'packages', 'work'],
    'nothing incomplete is left',
  );
  // The tool links packages in parallel. It moves the link aside, as it does when two packages contain the same file, unless the directory comes first.
  const { result } = await scene.build({ specs: ['then'] }, 'either');
  if (result.outcome !== 'built') t.match(result, { outcome: 'failed', error: /share\/out.*Is a directory/ });
  t.same(await readdir(outside), []);
});

void t.test('refuses a package with a wrong hash from a folder or by HTTP', async (t) => {
  const scene = await rattlerScene(t, [pythonPackage(), modulePackage('hello'), modulePackage('fine')]);
  if (scene === undefined) return;
  const { channel } = scene;
  for (const url of [channel.url, channel.fileUrl]) {
    const { result } = await scene.build({ specs: ['hello', 'fine'], channels: [url], plan: true });
    if (result.outcome !== 'built') return t.fail();
    const packages = result.lock.packages.map((each) => ({
      ...each,
      ...(each.name === 'hello' && { sha256: '0'.repeat(64) }),
    }));
    const bad = await scene.build({ specs: ['hello', 'fine'], lock: { ...result.lock, packages } }, 'failed');
    t.match(
      bad.result,
      { outcome: 'failed', step: 'fetch', failed: [{ name: 'hello', why: 'broken' }], error: /hash/i },
      url,
    );
    t.equal(bad.result.outcome === 'failed' && bad.result.failed.length, 1);
  }
  const folder = path.join(scene.dataDir, 'agent/conda');
  const [tenant = ''] = await readdir(folder);
  t.same(
    (await readdir(path.join(folder, tenant))).sort(),
    ['files', 'index', 'locks', 'packages', 'work'],
    'nothing incomplete is left',
  );
});

void t.test('refuses a channel that the node does not allow', async (t) => {
  const scene = await rattlerScene(t, [pythonPackage()]);
  if (scene === undefined) return;
  const subject = condaOrder({ action: 'build', specs: ['python'], pip: [], channels: ['bioconda'] });
  scene.peer.want(subject);
  const { tasks } = await scene.peer.reported(subject.allocation_id, 'failed');
  t.match(tasks['main']?.message, /^channel bioconda not allowed on this node \(MUSTER_CONDA_CHANNELS: http/);
});

void t.test('reports an unexpected error in the builder as a failed build', async (t) => {
  const scene = await rattlerScene(t, [pythonPackage()]);
  if (scene === undefined) return;
  const { result } = await scene.build({ specs: ['python'] });
  if (result.outcome !== 'built') return t.fail();
  const folder = path.join(scene.dataDir, 'agent/conda');
  const [tenant = ''] = await readdir(folder);
  const lock = path.join(folder, tenant, 'locks', result.hash);
  await rm(lock);
  await mkdir(lock);
  const failed = await scene.build({ specs: ['python'] }, 'failed');
  t.match(failed.result, {
    outcome: 'failed',
    step: 'install',
    failed: [],
    error: /^the builder failed: EISDIR: .*locks/,
  });
  t.match(failed.log, /Failed to install: the builder failed: EISDIR/);
});

async function contentsOf(folder: string, name: string): Promise<string[]> {
  const entries = await readdir(`${folder}/`, { withFileTypes: true, recursive: true });
  return await Promise.all(
    entries
      .filter((each) => each.isFile() && each.name === name)
      .map((each) => readFile(path.join(each.parentPath, name), 'utf8')),
  );
}
