import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { makeFolder, PASSABLE, PRIVATE } from '#agents/folder.js';

const base = mkdtempSync(path.join(tmpdir(), 'mstfolder-'));
t.teardown(() => rmSync(base, { recursive: true, force: true }));
const modeOf = (folder: string): number => statSync(folder).mode & 0o777;

void t.test(
  'a folder is made with its rights whatever the umask, with those above it that are missing; one that is there is mended',
  async (t) => {
    const before = process.umask(0o077);
    t.teardown(() => process.umask(before));
    const folder = path.join(base, 'a/b');
    makeFolder(folder, PASSABLE);
    t.strictSame([modeOf(folder), modeOf(path.dirname(folder))], [PASSABLE, PASSABLE]);
    const there = path.join(base, 'there');
    mkdirSync(there, { mode: 0o755 });
    makeFolder(there, PRIVATE);
    t.equal(modeOf(there), PRIVATE);
  },
);

void t.test('what is no folder is left as it is', async (t) => {
  const file = path.join(base, 'file');
  writeFileSync(file, '', { mode: 0o644 });
  t.throws(() => makeFolder(file, PRIVATE), { code: 'ENOTDIR' });
  t.equal(modeOf(file), 0o644);
});
