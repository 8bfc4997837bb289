import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { makeFolder, PASSABLE, PRIVATE } from '#agents/platform/files/folder.js';

const base = mkdtempSync(path.join(tmpdir(), 'mstfolder-'));
t.teardown(() => rmSync(base, { recursive: true, force: true }));
const modeOf = (folder: string): number => statSync(folder).mode & 0o777;

void t.test('creates folders with their mode, whatever the umask, and corrects existing ones', async (t) => {
  const before = process.umask(0o077);
  t.teardown(() => process.umask(before));
  const folder = path.join(base, 'a/b');
  makeFolder(folder, PASSABLE);
  t.strictSame([modeOf(folder), modeOf(path.dirname(folder))], [PASSABLE, PASSABLE]);
  const there = path.join(base, 'there');
  mkdirSync(there);
  chmodSync(there, 0o755);
  makeFolder(there, PRIVATE);
  t.equal(modeOf(there), PRIVATE);
});

void t.test('refuses a file in place of a folder, and leaves it unchanged', async (t) => {
  const file = path.join(base, 'file');
  writeFileSync(file, '');
  chmodSync(file, 0o644);
  t.throws(() => makeFolder(file, PRIVATE), { code: 'ENOTDIR' });
  t.equal(modeOf(file), 0o644);
});
