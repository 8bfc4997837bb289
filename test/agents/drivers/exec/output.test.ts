import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { outputOf } from '#agents/drivers/exec/output.js';
import { RotatedLog } from '#agents/logs/rotated-log.js';
import { ownFolder } from '../../../fixtures/folder.js';

const bounds = { maxBytes: 6000, maxFiles: 3 };

async function written(
  t: Test,
  stdout: string,
  stderr: string,
  [outAt, errAt]: readonly [number, number] = [1, 2],
) {
  const folder = path.join(ownFolder(t), 'logs');
  await mkdir(folder);
  for (const [name, text, at] of [['stdout', stdout, outAt] as const, ['stderr', stderr, errAt] as const]) {
    await writeFile(path.join(folder, name), text);
    await utimes(path.join(folder, name), at, at);
  }
  return await outputOf(folder, (file) => new RotatedLog(file, bounds));
}

void t.test('returns the end of each stream, and which one was written to last', async (t) => {
  t.same(await written(t, 'out\n', 'err\n'), { stdout: 'out\n', stderr: 'err\n', last: 'stderr' });
  t.match(await written(t, 'out\n', 'err\n', [2, 1]), { last: 'stdout' });
  t.match(
    await written(t, 'out\n', '', [1, 2]),
    { last: 'stdout' },
    'an empty stream does not count as written',
  );
  t.equal(await written(t, '', ''), undefined);
});

void t.test('limits both streams to 8 KiB in total, with at least half for each', async (t) => {
  const long = 'x'.repeat(5000);
  const both = await written(t, `${long}${long}O`, `${long}${long}E`);
  t.same(
    [both?.stdout.length, both?.stderr.length, both?.stdout.at(-1), both?.stderr.at(-1)],
    [4096, 4096, 'O', 'E'],
  );
  t.same(
    [
      (await written(t, long + long, 'short'))?.stdout.length,
      (await written(t, 'short', long + long))?.stderr.length,
    ],
    [8187, 8187],
  );
});

void t.test('does not cut a multi-byte character', async (t) => {
  const { stdout = '' } = (await written(t, '€'.repeat(4000), '')) ?? {};
  t.match(stdout, /^€+$/);
  t.equal(Buffer.byteLength(stdout), 8190);
});

void t.test('reads a rotated log across its parts', async (t) => {
  const folder = path.join(ownFolder(t), 'logs');
  await mkdir(folder);
  await writeFile(path.join(folder, 'stderr'), '');
  const log = new RotatedLog(path.join(folder, 'stdout'), bounds);
  log.append(Buffer.from('a'.repeat(7000)), 0);
  log.close();
  await writeFile(path.join(folder, 'stdout'), 'b'.repeat(2000), { flag: 'a' });
  const found = await outputOf(folder, (file) =>
    file.endsWith('stdout') ? log : new RotatedLog(file, bounds),
  );
  t.equal(found?.stdout, 'a'.repeat(6192) + 'b'.repeat(2000));
});
