import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import Docker from 'dockerode';
import t from 'tap';
import { countChanges, countFiles } from '#agents/drivers/docker/container-files.js';
import { removeFolder } from '#agents/task-files.js';
import { dig, ownFolder } from '../../../fixtures/folder.js';

const life = new AbortController().signal;

void t.test('counts files and folders in any tree without following links', async (t) => {
  const folder = ownFolder(t);
  const elsewhere = ownFolder(t);
  for (let each = 0; each < 50; each += 1) writeFileSync(path.join(elsewhere, String(each)), '');
  symlinkSync(elsewhere, path.join(folder, 'link'));
  mkdirSync(path.join(folder, '-delete'));
  writeFileSync(path.join(folder, '-delete', 'a\nb'), '');
  t.equal(await countFiles([folder], 100, life), 3);
  t.equal(await countFiles([folder, elsewhere], 100, life), 53);
  t.equal(await countFiles([path.join(folder, 'missing')], 100, life), 0);

  dig(folder, 1000);
  t.equal(
    await countFiles([folder], 10_000, life),
    1004,
    'a tree that is deeper than the maximum path length is counted',
  );
  t.ok((await countFiles([folder], 10, life)) > 10, 'the count exceeds a limit that the tree exceeds');
  t.equal(await countFiles([folder], 2000, AbortSignal.abort()), 0, 'an aborted count is 0');
  await removeFolder(path.join(folder, 'deeper'));
});

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
