import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { syncDirectory, writeFileDurably } from '#agents/platform/files/durable-file.js';

async function folder(t: Test): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'mstdurable-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

void t.test('replaces a file atomically, readable only by its owner', async (t) => {
  const directory = await folder(t);
  const file = path.join(directory, 'one');
  await writeFileDurably(file, 'a long text');
  await writeFileDurably(file, 'short');
  t.equal(await readFile(file, 'utf8'), 'short');
  t.equal((await stat(file)).mode & 0o777, 0o600);
  t.strictSame(await readdir(directory), ['one'], 'no temporary file is left');
});

void t.test('keeps the previous content if it cannot write', async (t) => {
  const directory = await folder(t);
  const file = path.join(directory, 'one');
  await writeFile(file, 'former');
  await mkdir(`${file}.tmp`);
  await t.rejects(writeFileDurably(file, 'new'), { code: 'EISDIR' });
  t.equal(await readFile(file, 'utf8'), 'former');
});

void t.test('leaves no file open', async (t) => {
  const directory = await folder(t);
  const open = async (): Promise<number> => (await readdir('/proc/self/fd')).length;
  await writeFileDurably(path.join(directory, 'one'), 'text');
  const before = await open();
  for (let round = 0; round < 20; round += 1) {
    await writeFileDurably(path.join(directory, 'one'), 'text');
    await syncDirectory(directory);
    await t.rejects(writeFileDurably(path.join(directory, 'one'), Symbol('no text') as unknown as string));
  }
  t.ok((await open()) - before < 20, 'not every round left a file open');
});
