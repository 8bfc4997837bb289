import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { checkedArchive, type ArchiveContent } from '#agents/drivers/docker/volume-archive.js';
import { tar, type Header } from '#agents/platform/tar.js';
import { ownFolder } from '../../../fixtures/folder.js';

const LIMITS = { bytes: 10_000, files: 20 };

async function passed(archive: Buffer, limits = LIMITS, step = 100) {
  const content: ArchiveContent = { bytes: 0, entries: 0 };
  const pieces: Uint8Array[] = [];
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < archive.length; start += step) yield archive.subarray(start, start + step);
  }
  for await (const piece of checkedArchive(source(), limits, content)) pieces.push(piece);
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
    t.match(content, { bytes: 600, entries: 4, root: { uid: process.getuid?.() } });
  }
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
