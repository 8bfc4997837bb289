import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { detectNamespaces } from '#agents/drivers/exec/private-directories.js';
import { GenerationStore } from '#agents/drivers/conda/generations/store.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { canBeOthers } from '../../../fixtures/other-user.js';
import { required } from '../../../fixtures/requirement.js';
import { until } from '../../support/peer-server.js';
import { condaOrder, condaScene } from './scene.js';

const PACKAGES = ['evil', 'fine', 'held'];

/**
 * A `micromamba` that links a package and runs its post-link script as its user, as the real one does. The script of `held` waits for the test, that
 * of `evil` is a parameter, and output goes to `said`.
 */
async function scene(t: Test, evil: string) {
  const folder = ownFolder(t);
  const [bin, channel] = [path.join(folder, 'bin'), path.join(folder, 'channel')];
  for (const each of [bin, channel, path.join(channel, 'noarch')]) await mkdir(each);
  for (const name of PACKAGES) await writeFile(path.join(channel, `noarch/${name}-1-0.conda`), name);
  const said = path.join(folder, 'said');
  await writeFile(said, '');
  await chmod(said, 0o666);
  const hashes = PACKAGES.map(
    (name) => `${name}) sha=${createHash('sha256').update(name).digest('hex')};;`,
  ).join(' ');
  const program = path.join(bin, 'micromamba');
  await writeFile(
    program,
    `#!/bin/bash
folder=${folder}
say() { echo "$*" >>${said}; }
prefix=$5
case "$*" in
*--dry-run*)
  for name; do :; done
  case $name in ${hashes} esac
  echo '{"success": true, "actions": {"LINK": [{"name": "'$name'", "version": "1", "build": "0", "subdir": "noarch", "url": "file://${channel}/noarch/'$name'-1-0.conda", "sha256": "'$sha'", "size": 4}]}}'
  exit 0;;
esac
cp "$(sed -n 's|^file://||p' "$7")" "$CONDA_PKGS_DIRS/"
mkdir -p "$prefix/bin" "$prefix/conda-meta" "$prefix/share"
echo 'home = /usr/bin' >"$prefix/pyvenv.cfg"
ln -s /usr/bin/python3 "$prefix/bin/python"
echo content >"$prefix/share/file"
mkdir -p "$CONDA_PKGS_DIRS/unpacked-1-0/info"; echo '{}' >"$CONDA_PKGS_DIRS/unpacked-1-0/info/index.json"
case "$(cat "$7")" in
*held*) say "held $prefix $(id -u)"; while [ ! -e $folder/go ]; do sleep 0.02; done;;
*evil*) ${evil};;
esac
echo '{"success": true}'
`,
  );
  for (const each of [folder, bin, channel, path.join(channel, 'noarch'), program]) await chmod(each, 0o755);
  for (const name of PACKAGES) await chmod(path.join(channel, `noarch/${name}-1-0.conda`), 0o644);
  const url = `file://${channel}`;
  const made = await condaScene(t, [url], { conda: { searched: `${bin}:/usr/bin:/bin`, channels: [url] } });
  const store = (tenant: string): GenerationStore =>
    GenerationStore.of(path.join(made.dataDir, 'agent/conda'), `tenant ${tenant}`);
  const go = (): Promise<void> => writeFile(path.join(folder, 'go'), '');
  return { ...made, folder, store, go, said: () => readFileSync(said, 'utf8').trim().split('\n'), url };
}

void t.test('package code cannot change other environments or the package cache', async (t) => {
  if (!canBeOthers()) return t.pass('needs root', { skip: 'needs root' });
  const made = await scene(
    t,
    `while read -r each; do
  for file in "$each" "$each/share/file"; do ( echo bad >>"$file" ) 2>/dev/null && say "wrote $file"; done
  ( touch "$each/put" ) 2>/dev/null && say "put into $each"
  mv "$each" "$each.old" 2>/dev/null && say "moved $each"
done <$folder/targets
say "evil $prefix $(id -u)"`,
  );
  const ready = await made.build({ specs: ['fine'] });
  const foreign = await made.build({ specs: ['fine'], tenant: 'two' });
  if (ready.result.outcome !== 'built' || foreign.result.outcome !== 'built') return t.fail();
  const held = condaOrder({
    action: 'build',
    specs: ['held'],
    pip: [],
    channels: [made.url],
    tenant: 'one',
  });
  made.peer.want(held);
  const line = (word: string): string[] =>
    made
      .said()
      .find((each) => each.startsWith(word))
      ?.split(' ') ?? [];
  await until(() => line('held').length > 0);
  const [own, other] = [made.store('one'), made.store('two')];
  const [readyAt, foreignAt] = await Promise.all([
    own.ready(ready.result.hash),
    other.ready(foreign.result.hash),
  ]);
  const [, building = ''] = line('held');
  const targets = [
    building,
    readyAt?.prefix,
    foreignAt?.prefix,
    ...[own, other].flatMap((each) => [each.folder, each.packages, each.cache, each.files, each.locks]),
  ];
  const work = own.work(path.basename(building));
  await writeFile(
    path.join(made.folder, 'targets'),
    [...targets, work, `${work}/install/packages`, `${work}/install/given`, `${own.cache}/packages`, ''].join(
      '\n',
    ),
  );
  const { result } = await made.build({ specs: ['evil'] });
  t.match(result, { outcome: 'built' });
  await made.go();
  t.match(await made.peer.reported(held.allocation_id, 'complete', 'failed'), { status: 'complete' });
  t.same(
    made.said().filter((each) => !/^(held|evil) /.test(each)),
    [],
  );
  t.not(line('evil')[2], line('held')[2], 'concurrent builds run as different users');
  t.equal(await readFile(`${building}/share/file`, 'utf8'), 'content\n');
  t.notOk(
    existsSync(path.join(own.packages, 'unpacked-1-0')),
    'a package that package code could write to is not shared with other builds',
  );
});

void t.test('package code has temporary folders of its own', async (t) => {
  if (!required(t, canBeOthers() && (await detectNamespaces()) === 'own', 'root that may make namespaces'))
    return;
  const name = `muster-test-left-${process.pid}`;
  const folders = ['/tmp', '/var/tmp', '/dev/shm'];
  const left = folders.map((folder) => `${folder}/${name}`);
  const ofHost = `/tmp/${name}-of-the-host`;
  t.teardown(() => Promise.all([...left, ofHost].map((file) => rm(file, { force: true }))));
  await writeFile(ofHost, '', { mode: 0o644 });
  const made = await scene(
    t,
    `for each in ${left.join(' ')}; do echo x >"$each" && say "left $each"; done
[ ! -e ${ofHost} ] || say "saw the host's"
say "evil $(readlink /proc/self/ns/mnt) $(readlink /proc/self/ns/ipc)"`,
  );
  t.match((await made.build({ specs: ['evil'] })).result, { outcome: 'built' });
  const said = made.said();
  t.same(
    said.slice(0, -1),
    left.map((each) => `left ${each}`),
    'package code can write to its temporary directories',
  );
  t.same(left.filter(existsSync), [], 'its temporary files do not appear on the host');
  const [, mounts, ipc] = said.at(-1)?.split(' ') ?? [];
  t.match(mounts, /^mnt:/);
  t.not(mounts, readlinkSync('/proc/self/ns/mnt'));
  t.not(ipc, readlinkSync('/proc/self/ns/ipc'));
});

void t.test("kills a package's background process before the environment is published", async (t) => {
  if (!canBeOthers()) return t.pass('needs root', { skip: 'needs root' });
  const made = await scene(
    t,
    `exec 3>>"$prefix/share/file"
setsid bash -c 'while echo late >&3; do sleep 0.001; done' >/dev/null 2>&1 </dev/null &
disown
until grep -q late "$prefix/share/file"; do sleep 0.01; done`,
  );
  const { result } = await made.build({ specs: ['evil'] });
  if (result.outcome !== 'built') return t.fail();
  const store = made.store('one');
  const { disk } = JSON.parse(await readFile(store.note(result.hash), 'utf8')) as { disk: number };
  const { prefix = '' } = (await store.ready(result.hash)) ?? {};
  const files = ['pyvenv.cfg', 'share/file'].map(
    (name) => readFileSync(path.join(prefix, name), 'utf8').length,
  );
  t.match(await readFile(`${prefix}/share/file`, 'utf8'), /^content\n(late\n)+$/);
  t.equal((files[0] ?? 0) + (files[1] ?? 0), disk, 'nothing was written after the disk usage was measured');
});

void t.test("a package cannot redirect the builder's writes with symbolic links", async (t) => {
  if (!canBeOthers()) return t.pass('needs root', { skip: 'needs root' });
  const made = await scene(
    t,
    'ln -s $folder/mine "$TMPDIR/locked.txt"; ln -s $folder/mine "$TMPDIR/../given/locked.txt" 2>/dev/null && say exchanged',
  );
  const mine = path.join(made.folder, 'mine');
  await writeFile(mine, 'mine', { mode: 0o600 });
  const { result } = await made.build({ specs: ['evil'], plan: true });
  if (result.outcome !== 'built') return t.fail();
  const pip = [
    {
      name: 'absent',
      version: '1',
      url: `${made.url}/absent-1-py3-none-any.whl`,
      sha256: '0'.repeat(64),
      size: 1,
    },
  ];
  t.match((await made.build({ specs: ['evil'], lock: { ...result.lock, pip } }, 'failed')).result, {
    step: 'pip',
  });
  t.equal(await readFile(mine, 'utf8'), 'mine');
  t.same(made.said(), ['']);
});
