import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
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
import { dig } from '../fixtures/folder.js';

const NOBODY = 65_534;
const FILES = 3000;

function folder(t: Test): string {
  const made = mkdtempSync(path.join(tmpdir(), 'mstfiles-'));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
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
  'deletes nothing outside the folder if a folder is replaced by a symbolic link',
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
    t.notOk(existsSync(ended), 'the folder is removed by another attempt');
    t.equal(readdirSync(victim).length, FILES);
  },
);

void t.test('removes symbolic links instead of their targets, and folders without permissions', async (t) => {
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
  t.pass('removing a missing folder is no error');
});

void t.test('measures and removes a tree that is deeper than the maximum path length', async (t) => {
  const ended = path.join(folder(t), 'ended');
  mkdirSync(ended);
  dig(ended, 5000);
  t.ok((await measureFolder(ended)) >= 10_000);
  await removeFolder(ended);
  t.notOk(existsSync(ended));
});

/** Moves a folder back and forth forever. */
const MOVER = `
const { renameSync } = require('node:fs');
process.chdir(process.argv[1]);
console.log('ready');
for (;;) {
  renameSync('a/moved', 'b/moved');
  renameSync('b/moved', 'a/moved');
}
`;

void t.test('measures all other files while a task moves folders', async (t) => {
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

void t.test('counts the allocated blocks of a file, and hard links only once', async (t) => {
  const ended = path.join(folder(t), 'ended');
  mkdirSync(ended);
  writeFileSync(path.join(ended, 'sparse'), '');
  truncateSync(path.join(ended, 'sparse'), 3e12);
  t.ok((await measureFolder(ended)) < 100_000);
  // Some file systems allocate blocks only when the file is flushed.
  writeFileSync(path.join(ended, 'dense'), 'x'.repeat(1_000_000), { flush: true });
  linkSync(path.join(ended, 'dense'), path.join(ended, 'dense too'));
  const bytes = await measureFolder(ended);
  t.ok(bytes >= 1_000_000 && bytes < 1_200_000, `${bytes}`);
  t.equal(await measureFolder(path.join(ended, 'absent')), 0);
});
