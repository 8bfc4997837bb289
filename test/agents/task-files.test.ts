import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { measureFolder, removeFolder } from '#agents/task-files.js';

const NOBODY = 65_534;
const FILES = 3000;

function folder(t: Test): string {
  const made = mkdtempSync(path.join(tmpdir(), 'mstfiles-'));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Creates nested folders deeper than any path can name. */
function dig(top: string, depth: number): void {
  let here = openSync(top, 'r');
  for (let level = 0; level < depth; level += 1) {
    mkdirSync(`/proc/self/fd/${here}/deeper`);
    const below = openSync(`/proc/self/fd/${here}/deeper`, 'r');
    closeSync(here);
    here = below;
  }
  writeFileSync(`/proc/self/fd/${here}/file`, 'x'.repeat(10_000));
  closeSync(here);
}

/** Waits until files of \`x\` are removed, then replaces it by a link to the victim. */
const RACER = `
const { readdirSync, renameSync, symlinkSync } = require('node:fs');
const [folder, victim, files] = process.argv.slice(1);
process.chdir(folder);
console.log('ready');
while (readdirSync('x').length === Number(files));
renameSync('x', 'y');
symlinkSync(victim, 'x');
`;

void t.test(
  'a task that swaps its folder for a link while it is removed deletes nothing outside',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  async (t) => {
    const top = folder(t);
    chmodSync(top, 0o711);
    const [victim, ended] = [path.join(top, 'victim'), path.join(top, 'ended')];
    const local = path.join(ended, 'main/local');
    for (const each of [victim, path.join(local, 'x')]) {
      mkdirSync(each, { recursive: true });
      for (let file = 0; file < FILES; file += 1) writeFileSync(path.join(each, `f${file}`), '');
    }
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, local]);
    const racer = spawn(process.execPath, ['-e', RACER, local, victim, String(FILES)], {
      uid: NOBODY,
      gid: NOBODY,
      env: {},
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => racer.kill('SIGKILL'));
    const swapped = once(racer, 'exit');
    await once(racer.stdout, 'data');
    await removeFolder(ended).catch(() => undefined);
    await swapped;
    t.equal(readdirSync(victim).length, FILES);
    await removeFolder(ended);
    t.notOk(existsSync(ended), 'and is removed in the end');
    t.equal(readdirSync(victim).length, FILES);
  },
);

void t.test('a link is removed and not what it leads to; a folder without rights goes, too', async (t) => {
  const top = folder(t);
  const [kept, ended] = [path.join(top, 'kept'), path.join(top, 'ended')];
  mkdirSync(kept);
  writeFileSync(path.join(kept, 'file'), 'x');
  mkdirSync(path.join(ended, 'closed/inner'), { recursive: true });
  symlinkSync(kept, path.join(ended, 'link'));
  symlinkSync(path.join(kept, 'file'), path.join(ended, 'closed/link'));
  chmodSync(path.join(ended, 'closed'), 0);
  await removeFolder(ended);
  t.notOk(existsSync(ended));
  t.same(readdirSync(kept), ['file']);
  await removeFolder(ended);
  t.pass('one that is not there is no error');
});

void t.test('a tree deeper than any path is measured and removed', async (t) => {
  const ended = path.join(folder(t), 'ended');
  mkdirSync(ended);
  dig(ended, 5000);
  t.ok((await measureFolder(ended)) >= 10_000);
  await removeFolder(ended);
  t.notOk(existsSync(ended));
});

/** Moves a folder back and forth for ever. */
const MOVER = `
const { renameSync } = require('node:fs');
process.chdir(process.argv[1]);
console.log('ready');
for (;;) {
  renameSync('a/moved', 'b/moved');
  renameSync('b/moved', 'a/moved');
}
`;

void t.test('what a task moves while it is measured hides nothing else', async (t) => {
  const ended = path.join(folder(t), 'ended');
  for (const each of ['a/moved/1/2/3', 'b', 'c/d']) mkdirSync(path.join(ended, each), { recursive: true });
  for (let file = 0; file < 50; file += 1) mkdirSync(path.join(ended, `a/moved/1/f${file}`));
  writeFileSync(path.join(ended, 'c/d/large'), 'x'.repeat(1_000_000));
  const mover = spawn(process.execPath, ['-e', MOVER, ended], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => mover.kill('SIGKILL'));
  await once(mover.stdout, 'data');
  for (let times = 0; times < 100; times += 1) {
    const bytes = await measureFolder(ended);
    if (bytes < 1_000_000) t.fail(`${bytes} bytes`);
  }
  mover.kill('SIGKILL');
  await once(mover, 'exit');
  await removeFolder(ended);
  t.notOk(existsSync(ended));
});

void t.test(
  'a file counts for what it takes on the disk: its holes do not, its names but once',
  async (t) => {
    const ended = path.join(folder(t), 'ended');
    mkdirSync(ended);
    writeFileSync(path.join(ended, 'sparse'), '');
    truncateSync(path.join(ended, 'sparse'), 3e12);
    t.ok((await measureFolder(ended)) < 100_000);
    writeFileSync(path.join(ended, 'dense'), 'x'.repeat(1_000_000));
    linkSync(path.join(ended, 'dense'), path.join(ended, 'dense too'));
    const bytes = await measureFolder(ended);
    t.ok(bytes >= 1_000_000 && bytes < 1_200_000, `${bytes}`);
    t.equal(await measureFolder(path.join(ended, 'absent')), 0);
  },
);
