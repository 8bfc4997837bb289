import { linkSync, mkdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import Docker from 'dockerode';
import t from 'tap';
import { countChanges, measureTrees } from '#agents/drivers/docker/container-files.js';
import { removeFolder } from '#agents/task-files.js';
import { dig, ownFolder } from '../../../fixtures/folder.js';

const life = new AbortController().signal;

const measured = (
  folders: readonly string[],
  most: number,
  signal = life,
  deleted = new Map<number, number>(),
) => measureTrees(folders, deleted, { bytes: Number.POSITIVE_INFINITY, files: most }, signal);
const countFiles = async (folders: readonly string[], most: number, signal = life) =>
  (await measured(folders, most, signal)).files;

void t.test('counts files and folders in any tree without following links', async (t) => {
  const folder = ownFolder(t);
  const elsewhere = ownFolder(t);
  for (let each = 0; each < 50; each += 1) writeFileSync(path.join(elsewhere, String(each)), '');
  symlinkSync(elsewhere, path.join(folder, 'link'));
  mkdirSync(path.join(folder, '-delete'));
  writeFileSync(path.join(folder, '-delete', 'a\nb'), '');
  t.equal(await countFiles([folder], 100), 3);
  t.equal(await countFiles([folder, elsewhere], 100), 53);
  t.equal(await countFiles([path.join(folder, 'missing')], 100), 0);

  dig(folder, 1000);
  t.equal(
    await countFiles([folder], 10_000),
    1004,
    'a tree that is deeper than the maximum path length is counted',
  );
  t.ok((await countFiles([folder], 10)) > 10, 'the count exceeds a limit that the tree exceeds');
  t.equal(await countFiles([folder], 2000, AbortSignal.abort()), 0, 'an aborted count is 0');
  await removeFolder(path.join(folder, 'deeper'));
});

void t.test(
  'measures the blocks of files: of sparse ones what they take, and of linked ones once',
  async (t) => {
    const folder = ownFolder(t);
    const file = (name: string): string => path.join(folder, name);
    writeFileSync(file('full'), Buffer.alloc(1_000_000, 'x'));
    linkSync(file('full'), file('again'));
    linkSync(file('full'), file('and-again'));
    writeFileSync(file('sparse'), '');
    truncateSync(file('sparse'), 1_000_000_000);
    const use = await measured([folder], 100);
    t.equal(use.files, 4);
    t.ok((use.bytes ?? 0) >= 1_000_000 && (use.bytes ?? 0) < 1_100_000, `${use.bytes} bytes`);
    const inode = statSync(file('full')).ino;
    t.match(
      await measured([folder], 100, life, new Map([[inode, 2000]])),
      { files: 2, deletedBytes: 2000 * 512, bytes: 0 },
      'a deleted file that got a name again counts once',
    );
    t.ok((await measureTrees([folder], new Map(), { bytes: 500_000, files: 100 }, life)).bytes! > 500_000);
    t.match(await measured([folder], 100, AbortSignal.abort()), { bytes: undefined });
  },
);

void t.test('counts the changes in a response, however it is split into chunks', async (t) => {
  const changes = [
    { Path: '/a', Kind: 1 },
    { Path: '/"Kind":', Kind: 0 },
    { Path: '/b', Kind: 2 },
  ];
  const bytes = Buffer.from(JSON.stringify(changes));
  for (const size of [1, 3, 7, 50, 1000]) {
    const docker = new Docker();
    docker.modem.dial = (_, done) => {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      done?.(null, Readable.from(pieces).pipe(new PassThrough()) as unknown as Buffer);
    };
    t.equal(await countChanges(docker, 'id', 100, life), 3, `${size} bytes at a time`);
  }
});
