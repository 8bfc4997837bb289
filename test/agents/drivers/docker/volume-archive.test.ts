import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { checkedArchive, type ArchiveContent } from '#agents/drivers/docker/volume-archive.js';
import { tar, type Header } from '#agents/platform/tar.js';
import { ownFolder } from '../../../fixtures/folder.js';

const LIMITS = { bytes: 10_000, files: 20 };

async function passed(archive: Buffer, limits = LIMITS, step = 100, prefix = '') {
  const content: ArchiveContent = { bytes: 0, entries: 0 };
  const pieces: Uint8Array[] = [];
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < archive.length; start += step) yield archive.subarray(start, start + step);
  }
  for await (const piece of checkedArchive(source(), limits, content, prefix)) pieces.push(piece);
  return { bytes: Buffer.concat(pieces), content };
}

async function packed(...headers: readonly (Partial<Header> & Pick<Header, 'name'>)[]): Promise<Buffer> {
  const pack = tar.pack();
  const pieces: Buffer[] = [];
  pack.on('data', (piece: Buffer) => pieces.push(piece));
  for (const header of headers)
    await new Promise<unknown>((resolve) => {
      const entry = pack.entry({ ...header }, resolve);
      if (header.type === undefined) entry.end(Buffer.alloc(header.size ?? 0));
    });
  const ended = new Promise((resolve) => pack.once('end', resolve));
  pack.finalize();
  await ended;
  return Buffer.concat(pieces);
}

void t.test('an archive is passed on unchanged, in pieces of any size, and counted', async (t) => {
  const folder = join(ownFolder(t), 'x');
  mkdirSync(join(folder, 'sub'), { recursive: true });
  writeFileSync(join(folder, 'sub', Buffer.from([0x6e, 0xff]).toString('latin1')), 'a'.repeat(600));
  symlinkSync('/etc/passwd', join(folder, 'link'));
  const archive = execFileSync('tar', ['-C', folder, '-c', '.']);
  for (const step of [1, 511, 512, 100_000]) {
    const { bytes, content } = await passed(archive, LIMITS, step);
    t.ok(bytes.equals(archive));
    t.match(content, { bytes: 600, entries: 4 });
  }
});

/** Makes an archive whose last header has other bytes, and a sum that fits them. */
function changed(archive: Buffer, at: number, text: string): Buffer {
  const copy = Buffer.from(archive);
  const header = copy.subarray(copy.length - 1536, copy.length - 1024);
  header.write(text, at, 'latin1');
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return copy;
}

void t.test('an archive that readers may understand in different ways is refused', async (t) => {
  const one = await packed({ name: 'a', size: 1 });
  const link = await packed({ name: 'b', type: 'symlink', linkname: 'a' });
  const folder = join(ownFolder(t), 'x');
  const inside = join(folder, 'd'.repeat(80));
  mkdirSync(inside, { recursive: true });
  writeFileSync(join(inside, 'n'.repeat(90)), 'x');
  const made = (...words: readonly string[]) => execFileSync('tar', ['-C', folder, ...words, '-c', '.']);
  const refused: readonly (readonly [string, Buffer, RegExp])[] = [
    ['a link with a size', changed(link, 124, '00000000001'), /"b" has a size, although it is not a file/],
    [
      'a directory with a size',
      changed(await packed({ name: 'b/', type: 'directory' }), 124, '00000000001'),
      /has a size/,
    ],
    [
      'attributes of all entries',
      made('--no-recursion', '--format=pax', '--pax-option=comment=x,delete=?time'),
      /has headers that are not supported/,
    ],
    ['two archives', Buffer.concat([one, one]), /"a" comes after the end of the archive/],
    ['one block of zeros', Buffer.concat([one.subarray(0, -512), one]), /comes after the end/],
    ['a name like compressed data', await packed({ name: 'BZh', size: 1 }), /it is compressed/],
    ['compressed data', execFileSync('gzip', { input: one }), /it is compressed: decompress it first/],
  ];
  for (const [what, archive, reason] of refused)
    for (const step of [1, 512, 100_000]) await t.rejects(passed(archive, LIMITS, step), reason, what);
  for (const format of ['gnu', 'pax', 'ustar'])
    await t.resolves(passed(made(`--format=${format}`), { bytes: 1e6, files: 9 }), `${format} is read`);
});

void t.test('an archive of any size takes up little memory', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const size = 100 * 1024 * 1024;
  const head = (await packed({ name: 'a', size: 1 })).subarray(0, 512);
  const archive = changed(Buffer.concat([head, Buffer.alloc(1024)]), 124, size.toString(8).padStart(11, '0'));
  const piece = Buffer.alloc(1024);
  async function* source(): AsyncGenerator<Uint8Array> {
    yield archive.subarray(0, 512);
    for (let sent = 0; sent < size; sent += piece.length) yield piece;
    yield piece;
  }
  collect();
  const before = process.memoryUsage().heapUsed;
  let [most, looks, seen] = [0, 0, 0];
  const limits = { bytes: 2 * size, files: 9 };
  for await (const passedOn of checkedArchive(source(), limits, { bytes: 0, entries: 0 })) {
    seen += passedOn.length;
    if (seen % (size / 4) !== 512) continue;
    looks += 1;
    collect();
    most = Math.max(most, process.memoryUsage().heapUsed - before);
  }
  t.ok(looks > 3 && most < 8 * 1024 * 1024, `${most} bytes`);
});

void t.test('only the names of an archive change with a prefix', async (t) => {
  const folder = join(ownFolder(t), 'x');
  const long = join('d'.repeat(60), 'e'.repeat(60));
  mkdirSync(join(folder, long), { recursive: true });
  const odd = Buffer.from('n\xff\n "o\\', 'latin1');
  const at = (name: string | Buffer): Buffer => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
  writeFileSync(at(odd), 'one');
  linkSync(at(odd), at('hard'));
  writeFileSync(at(`${long}/${'f'.repeat(90)}`), 'x'.repeat(700));
  linkSync(at(`${long}/${'f'.repeat(90)}`), at('long-hard'));
  symlinkSync('../../srv/shared', at('out'));
  symlinkSync('../'.repeat(60), at('far-out'));
  symlinkSync('/etc/passwd', at('absolute'));
  chmodSync(at(''), 0o1750);
  const list = (archive: Buffer) =>
    execFileSync('tar', ['-tv', '--full-time', '--quoting-style=escape'], { input: archive }).toString();
  for (const format of ['gnu', 'pax', 'ustar']) {
    // Older formats have no long targets.
    if (format === 'ustar') for (const name of ['far-out', 'long-hard']) rmSync(at(name));
    const archive = execFileSync('tar', ['-C', folder, `--format=${format}`, '-c', '.']);
    const expected = execFileSync('tar', [
      ...['-C', folder, `--format=${format}`, '--transform=s,^,volume/,S', '-c', '.'],
    ]);
    for (const step of [1, 512, 100_000]) {
      const { bytes } = await passed(archive, { bytes: 1e6, files: 20 }, step, 'volume/');
      t.equal(list(bytes), list(expected), `${format} in pieces of ${step}`);
    }
  }
});

void t.test('an archive whose names readers may understand in different ways gets no prefix', async (t) => {
  const archive = await packed({ name: 'a', size: 1, pax: { path: 'b' } });
  t.ok(archive.includes(' path=b\n'));
  t.match(
    execFileSync('tar', ['-t'], { input: (await passed(archive, LIMITS, 512, 'volume/')).bytes }).toString(),
    /^volume\/b\n$/,
  );
  // Only some readers require the newline after an attribute.
  archive.write('x', archive.indexOf(' path=b\n') + 7, 'latin1');
  await t.rejects(passed(archive, LIMITS, 512, 'volume/'), /headers that are not supported/);
});

void t.test('an archive with a device is refused', async (t) => {
  await t.rejects(passed(await packed({ name: 'b', type: 'block-device' })), /is a device/);
});

void t.test('an archive that could leave the volume, or is not complete, is refused', async (t) => {
  const file = { name: './a', size: 600 };
  const refused: readonly (readonly [string, Buffer, RegExp])[] = [
    ['absolute', await packed({ name: '/etc/passwd', size: 1 }), /"\/etc\/passwd" is outside of the volume/],
    ['parent', await packed({ name: 'a/../../b', size: 1 }), /is outside of the volume/],
    [
      'hard link',
      await packed(file, { name: 'b', type: 'link', linkname: '/etc/passwd' }),
      /hard link that leaves/,
    ],
    ['hard link', await packed({ name: 'b', type: 'link', linkname: '../a' }), /hard link that leaves/],
    ['device', await packed({ name: 'b', type: 'block-device' }), /is a device/],
    ['root', await packed({ name: './', type: 'symlink', linkname: '/etc' }), /replaces the volume/],
    [
      'sparse',
      await packed({ name: 'a', size: 1, pax: { 'GNU.sparse.realsize': '99999999' } }),
      /without --sparse/,
    ],
    ['large', await packed({ name: 'a', size: 10_001 }), /more than 9.8 KiB.*MUSTER_VOLUME_DISK_MIB/],
    [
      'many',
      await packed(...Array.from({ length: 21 }, (_, n) => ({ name: `d${n}`, type: 'directory' as const }))),
      /more than 20 files/,
    ],
    ['cut in its content', (await packed(file)).subarray(0, 900), /ends early/],
    ['cut after its content', (await packed(file)).subarray(0, 512 + 1024), /ends early/],
    ['cut in its end', (await packed(file)).subarray(0, -1), /ends early/],
    ['no archive', Buffer.from('x'.repeat(5000)), /not a tar archive/],
    ['empty', Buffer.alloc(0), /is empty/],
    ['without entries', Buffer.alloc(1024), /is empty/],
  ];
  for (const [what, archive, reason] of refused) await t.rejects(passed(archive), reason, what);
});
