import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { pack, unpack, type Copied } from '#src/cli/jobs/archive.js';
import { tar, type Header } from '#agents/platform/tar.js';
import { folderForTenants } from '../../../fixtures/folder.js';

type Entry = Partial<Header> & { readonly name: string; readonly content?: string };

async function archive(entries: readonly Entry[]): Promise<Buffer> {
  const made = tar.pack();
  const whole = buffer(made);
  for (const { content = '', ...header } of entries)
    await new Promise<void>((resolve, reject) => {
      const entry = made.entry({ type: 'file', ...header, size: content.length }, (error) =>
        error ? reject(error) : resolve(),
      );
      if ((header.type ?? 'file') === 'file') entry.end(content);
    });
  made.finalize();
  return await whole;
}

const nothing = (): Copied => ({ files: 0, bytes: 0, skipped: [] });

/** Unpacks below `target` of a new folder, next to which is a file that must not change. */
async function unpacked(t: Test, entries: readonly Entry[] | Buffer, { root = 'data' } = {}) {
  const outside = t.testdir({ secret: 'untouched', target: {} });
  const target = join(outside, 'target', root);
  const copied = nothing();
  const bytes = Buffer.isBuffer(entries) ? entries : await archive(entries);
  const done = unpack(pieces(bytes), { root, target, copied });
  return { outside, target, copied, done };
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 700) yield bytes.subarray(start, start + 700);
}

void t.test('unpacks what was packed: files, folders, links, modes and times', async (t) => {
  const mtime = new Date('2026-01-02T03:04:05Z');
  const { target, copied, done } = await unpacked(t, [
    { name: './data/', type: 'directory', mode: 0o750 },
    { name: './data/run.sh', content: 'echo', mode: 0o4755, mtime },
    { name: './data/a/b/c', content: 'x'.repeat(3_000) },
    { name: './data/empty' },
    { name: './data/a/up', type: 'symlink', linkname: '../run.sh' },
    { name: './data/same', type: 'link', linkname: './data/run.sh' },
  ]);
  await done;
  t.match(copied, { files: 5, bytes: 3_004, skipped: [] });
  const run = lstatSync(join(target, 'run.sh'));
  t.equal(run.mode & 0o7777, 0o755 & ~process.umask(), 'no setuid bit');
  t.equal(run.mtimeMs, mtime.getTime());
  t.equal(lstatSync(target).mode & 0o777, 0o750 & ~process.umask());
  t.equal(readFileSync(join(target, 'a/up'), 'utf8'), 'echo');
  t.equal(lstatSync(join(target, 'same')).ino, run.ino);

  const again = nothing();
  const bytes = await buffer(pack({ source: target, name: 'copy', follow: false }, again));
  t.match(again, { files: 5, bytes: 3_008 });
  const listed = execFileSync('tar', ['-t'], { input: bytes, encoding: 'utf8' });
  t.same(listed.trim().split('\n'), [
    'copy/',
    'copy/a/',
    'copy/a/b/',
    'copy/a/b/c',
    'copy/a/up',
    'copy/empty',
    'copy/run.sh',
    'copy/same',
  ]);
});

void t.test('names and targets of links are bytes, both ways', async (t) => {
  const bytes = (name: string): Buffer => Buffer.from(name, 'latin1');
  const source = t.testdir({ in: {}, tar: {} });
  const file = (name: string): Buffer => bytes(join(source, 'in', name));
  const long = `\xe9${'x'.repeat(200)}`;
  writeFileSync(file('caf\xe9.txt'), 'one');
  writeFileSync(file('caf\xe8.txt'), 'two');
  mkdirSync(file('d\xff'));
  mkdirSync(file('d\xfe'));
  writeFileSync(file(`d\xff/${long}`), 'three');
  writeFileSync(file('d\xfe/é'), 'four');
  symlinkSync(bytes('caf\xe9.txt'), file('link'));
  const entries = (folder: string): string[] =>
    execFileSync('find', ['-print0'], { cwd: folder, encoding: 'latin1' }).split('\0').sort();
  const copied = nothing();
  const packed = await buffer(pack({ source: join(source, 'in'), name: 'data', follow: false }, copied));
  execFileSync('tar', ['-x', '-C', join(source, 'tar')], { input: packed });
  t.strictSame(entries(join(source, 'tar/data')), entries(join(source, 'in')));
  t.equal(execFileSync('diff', ['-r', 'in', 'tar/data'], { cwd: source }).length, 0);
  const made = (format: string): Buffer =>
    execFileSync('tar', ['-c', `--format=${format}`, '--transform=s,^in,data,', '-C', source, 'in']);
  const [wanted, gnu, pax] = [entries(join(source, 'in')), made('gnu'), made('pax')];
  for (const archived of [packed, gnu]) {
    const { target, done, copied: back } = await unpacked(t, archived);
    await done;
    t.match(back, { files: 5, skipped: [] });
    t.strictSame(entries(target), wanted);
    t.strictSame(readlinkSync(join(target, 'link'), { encoding: 'buffer' }), bytes('caf\xe9.txt'));
  }
  const { done } = await unpacked(t, pax);
  await t.rejects(done, { message: /whose name is not UTF-8/ }, 'nothing is written under another name');
  const { done: shown, copied: left } = await unpacked(t, [
    { name: 'data/l', type: 'symlink', linkname: '/é' },
    { name: 'data/é', content: '1' },
  ]);
  await shown;
  t.match(left, { files: 1, skipped: ['data/l is a link to /é'] });
});

void t.test(
  'a full disk ends the copy with an error, and its part is removed',
  { skip: process.getuid?.() === 0 ? false : 'mounting needs root' },
  async (t) => {
    const folder = t.testdir({ small: {} });
    const small = join(folder, 'small');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
    try {
      const bytes = await archive([{ name: 'data', content: 'x'.repeat(3_000_000) }]);
      const done = unpack(pieces(bytes), { root: 'data', target: join(small, 'data'), copied: nothing() });
      await t.rejects(done, { message: /^the copy is incomplete: .*\/small\/data: ENOSPC/ });
      t.strictSame(readdirSync(small), []);
    } finally {
      execFileSync('umount', [small]);
    }
  },
);

void t.test('packs only the content of a folder, and leaves out what is no file', async (t) => {
  const folder = t.testdir({ one: '1', sub: { two: '2' } });
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const copied = nothing();
  const bytes = await buffer(pack({ source: folder, name: '', follow: false }, copied));
  t.equal(execFileSync('tar', ['-t'], { input: bytes, encoding: 'utf8' }), 'one\nsub/\nsub/two\n');
  t.match(copied, { files: 2, skipped: [/pipe is not a file, folder or link/] });
});

void t.test('ends at an entry that is not in the requested folder', async (t) => {
  for (const entry of [
    { name: '../secret', content: 'changed' },
    { name: 'data/../../secret', content: 'changed' },
    { name: 'data/..', type: 'directory' },
    { name: '/etc/passwd', content: 'changed' },
    { name: 'other', content: 'changed' },
    { name: 'data/hard', type: 'link', linkname: '../secret' },
    { name: 'data/hard', type: 'link', linkname: '/etc/passwd' },
  ] as const) {
    const { outside, target, done } = await unpacked(t, [{ name: 'data/before', content: '1' }, entry]);
    await t.rejects(done, { message: /not in the folder that was requested/ }, JSON.stringify(entry));
    t.equal(readFileSync(join(outside, 'secret'), 'utf8'), 'untouched');
    t.equal(readFileSync(join(target, 'before'), 'utf8'), '1');
  }
});

void t.test('leaves out links that lead outside, devices and FIFOs', async (t) => {
  const { target, copied, done } = await unpacked(t, [
    { name: 'data/absolute', type: 'symlink', linkname: '/etc' },
    { name: 'data/up', type: 'symlink', linkname: '../secret' },
    { name: 'data/sub/up', type: 'symlink', linkname: '../../secret' },
    { name: 'data/winding', type: 'symlink', linkname: 'sub/../sub' },
    { name: 'data/device', type: 'character-device' },
    { name: 'data/disk', type: 'block-device' },
    { name: 'data/pipe', type: 'fifo' },
    { name: 'data/hard', type: 'link', linkname: 'data/missing' },
    { name: 'data/good', content: 'good' },
  ]);
  await done;
  t.equal(copied.files, 1);
  t.equal(copied.skipped.length, 8, copied.skipped.join('\n'));
  t.match(copied.skipped.join('\n'), /data\/absolute is a link to \/etc/);
  for (const name of ['absolute', 'up', 'sub/up', 'winding', 'device', 'disk', 'pipe', 'hard'])
    t.throws(() => lstatSync(join(target, name)), { code: 'ENOENT' }, name);
  t.equal(readFileSync(join(target, 'good'), 'utf8'), 'good');
});

void t.test('writes nothing through links of the archive or of this machine', async (t) => {
  const through = await unpacked(t, [
    { name: 'data/sub/', type: 'directory' },
    { name: 'data/link', type: 'symlink', linkname: 'sub' },
    { name: 'data/link/file', content: 'x' },
  ]);
  await t.rejects(through.done, { message: /link is a folder here/ }, 'a folder and a link of the same name');

  const here = await unpacked(t, [
    { name: 'data/out', content: 'replaced' },
    { name: 'data/away/file', content: 'x' },
  ]);
  mkdirSync(here.target, { recursive: true });
  symlinkSync('../../secret', join(here.target, 'out'));
  symlinkSync('../..', join(here.target, 'away'));
  await t.rejects(here.done, { message: /away is no folder here, but is one in the task/ });
  t.equal(readFileSync(join(here.outside, 'secret'), 'utf8'), 'untouched');
  t.equal(readFileSync(join(here.target, 'out'), 'utf8'), 'replaced');
  t.equal(readlinkSync(join(here.target, 'away')), '../..');
});

void t.test('says that a folder is in the way of a file', async (t) => {
  const { target, done } = await unpacked(t, [{ name: 'data/file', content: 'x' }]);
  mkdirSync(join(target, 'file'), { recursive: true });
  writeFileSync(join(target, 'file/own'), '');
  await t.rejects(done, { message: /file is a folder here, but not in the task/ });
});

void t.test('fails if the archive ends early, or is none', async (t) => {
  const whole = await archive([{ name: 'data/file', content: 'x'.repeat(5_000) }]);
  const cut = await unpacked(t, whole.subarray(0, 2_000));
  mkdirSync(cut.target, { recursive: true });
  writeFileSync(join(cut.target, 'file'), 'before');
  await t.rejects(cut.done);
  t.same(readdirSync(cut.target), ['file']);
  t.equal(readFileSync(join(cut.target, 'file'), 'utf8'), 'before', 'half a file replaces nothing');
  const none = await unpacked(t, Buffer.from('no archive '.repeat(200)));
  await t.rejects(none.done);
});

void t.test('ends at a header that is too large to be held in memory', async (t) => {
  const content = 'x'.repeat(3_000_000);
  const comment = { comment: 'c'.repeat(1_100_000) };
  const { target, done } = await unpacked(t, [
    { name: 'data/before', content },
    { name: 'data/after', content: '1', pax: comment },
  ]);
  await t.rejects(done, { message: /the task sent a header of more than 1 MiB/ });
  t.equal(readFileSync(join(target, 'before'), 'utf8'), content, 'the content of a file is no header');
  const folder = await unpacked(t, [
    { name: 'data/sub/', type: 'directory' },
    { name: 'data/after', pax: { comment: 'c'.repeat(100_000) } },
  ]);
  await folder.done;
  t.ok(lstatSync(join(folder.target, 'after')).isFile());
});

void t.test('ends at an entry whose size is no number', async (t) => {
  const { target, done } = await unpacked(t, [
    { name: 'data/before', content: '1' },
    { name: 'data/after', pax: { size: 'unknown' } },
  ]);
  await t.rejects(done, {
    message: /the task sent data\/after without a valid size: nothing more is copied/,
  });
  t.same(readdirSync(target), ['before']);
});

void t.test('says why a file cannot be read', async (t) => {
  const folder = folderForTenants(t);
  writeFileSync(join(folder, 'file'), 'secret', { mode: 0 });
  // The administrator may read every file.
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.('nobody');
  try {
    const packed = pack({ source: join(folder, 'file'), name: 'file', follow: false }, nothing());
    await t.rejects(buffer(packed), { code: 'EACCES' });
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

void t.test('fails if a file becomes shorter while it is packed', async (t) => {
  const folder = t.testdir({ file: '' });
  truncateSync(join(folder, 'file'), 5_000_000);
  const packed = pack({ source: folder, name: '', follow: false }, nothing());
  await packed.next();
  truncateSync(join(folder, 'file'), 100);
  await t.rejects(buffer(packed), { message: /file became shorter while it was copied/ });
});
