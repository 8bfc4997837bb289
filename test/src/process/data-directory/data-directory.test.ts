import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openDataDirectory } from '#src/process/data-directory/data-directory.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { freePort } from '../../../fixtures/free-port.js';
import { muster } from '../../../fixtures/program.js';
import { required } from '../../../fixtures/requirement.js';

t.setTimeout(180_000 * PATIENCE);

/** Writes until the disk is full. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w');
  try {
    for (;;) writeSync(descriptor, Buffer.alloc(4096, 1));
  } catch {
    // The disk is full, as intended.
  } finally {
    closeSync(descriptor);
  }
}

const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8);

void t.test(
  'every program exits with 78 and a single message if the directory cannot hold the data',
  async (t) => {
    const folder = ownFolder(t);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    for (const place of ['/proc/x', file, join(file, 'below')]) {
      for (const [args, env] of [
        [['server'], { MUSTER_PORT: String(await freePort()) }],
        [['agent'], { MUSTER_SERVER_URL: 'http://127.0.0.1:1' }],
        [['eventstore', '--listen', '127.0.0.1:0'], {}],
      ] as const) {
        const { code, stdout, stderr } = await muster(args, { ...env, MUSTER_DATA_DIR: place });
        t.equal(code, 78, `${args[0]} on ${place}: ${stderr}`);
        t.match(
          stderr,
          new RegExp(
            `^bad settings:\n  MUSTER_DATA_DIR: ${place} cannot hold the data: [^\n]*\\(E[A-Z]+\\)$`,
          ),
        );
        t.equal(stdout, '');
      }
    }
    t.match(
      await muster(['import', join(folder, 'none'), '--data-dir', '/proc/x']),
      { code: 1 },
      'the import fails instead of retrying forever',
    );
  },
);

void t.test('refuses a new log on a full disk, but reads an existing one', (t) => {
  const disk = join(ownFolder(t), 'disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'none', disk]).status === 0;
  if (!required(t, mounted, 'the right to mount a tmpfs')) return void t.end();
  t.teardown(() => void spawnSync('umount', ['-l', disk]));
  const directory = join(disk, 'data');
  fill(join(disk, 'filler'));
  t.throws(() => openDataDirectory(directory, { passable: false }), /its disk is full \(ENOSPC\)/);
  t.same(readdirSync(directory), [], 'no probe file is left');
  writeFileSync(join(directory, 'events.db'), '');
  t.equal(openDataDirectory(directory, { passable: false }), directory);
  t.equal(spawnSync('mount', ['-o', 'remount,ro', disk]).status, 0);
  t.throws(() => openDataDirectory(directory, { passable: false }), /the file system is read-only \(EROFS\)/);
  t.end();
});

void t.test('reports a directory without write permission', (t) => {
  if (!required(t, process.geteuid?.() === 0, 'root, to be another user')) return void t.end();
  const folder = ownFolder(t);
  chmodSync(folder, 0o755);
  process.seteuid?.(65_534);
  try {
    t.throws(
      () => openDataDirectory(join(folder, 'data'), { passable: false }),
      /this user may not write there \(EACCES\)/,
    );
  } finally {
    process.seteuid?.(0);
  }
  t.end();
});

void t.test('creates a private directory, traversable by tasks if needed, whatever the umask', (t) => {
  const folder = ownFolder(t);
  for (const umask of [0o022, 0o077]) {
    const before = process.umask(umask);
    const [alone, home] = [join(folder, String(umask), 'alone'), join(folder, String(umask), 'a', 'b')];
    openDataDirectory(alone, { passable: false });
    openDataDirectory(home, { passable: true });
    process.umask(before);
    t.equal(modeOf(alone), '700');
    t.equal(modeOf(home), '711');
    t.equal(
      modeOf(join(folder, String(umask), 'a')),
      '711',
      'a parent directory that was created is passable too',
    );
  }
  t.end();
});

void t.test('keeps the mode of other folders, and makes a data directory with an agent traversable', (t) => {
  const folder = ownFolder(t);
  const other = join(folder, 'other');
  mkdirSync(other);
  chmodSync(other, 0o755);
  writeFileSync(join(other, 'letter'), '');
  chmodSync(join(other, 'letter'), 0o644);
  openDataDirectory(other, { passable: false });
  t.equal(modeOf(other), '755');
  t.equal(modeOf(join(other, 'letter')), '644');
  const data = join(folder, 'data');
  mkdirSync(join(data, 'agent'), { recursive: true });
  openDataDirectory(data, { passable: false });
  t.equal(modeOf(data), '711');
  t.notOk(existsSync(join(data, `probe-${process.pid}`)));
  t.end();
});
