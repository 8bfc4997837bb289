import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { LineOutput } from '#src/process/output/line-output.js';
import { eventually } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { required } from '../../../fixtures/requirement.js';
import type { Scope } from '../../../fixtures/scope.js';

const { O_NONBLOCK, O_RDONLY, O_WRONLY, O_APPEND, O_CREAT } = constants;
const notice = (lines: number): string => `dropped ${lines}\n`;

/** Both ends of a real pipe, in non-blocking mode. */
function pipe(t: Scope): { readonly path: string; readonly reader: number; readonly writer: number } {
  const path = join(ownFolder(t), 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, O_RDONLY | O_NONBLOCK);
  const writer = openSync(path, O_WRONLY | O_NONBLOCK);
  t.teardown(() => closeSync(writer));
  return { path, reader, writer };
}

function readAll(descriptor: number): string {
  const block = Buffer.alloc(65_536);
  let text = '';
  for (;;) {
    try {
      const length = readSync(descriptor, block);
      if (length === 0) return text;
      text += block.toString('utf8', 0, length);
    } catch {
      return text;
    }
  }
}

void t.test(
  'queues lines for a stalled reader up to the limit, then drops and counts further lines',
  async (t) => {
    const { reader, writer } = pipe(t);
    t.teardown(() => closeSync(reader));
    const output = new LineOutput({ descriptor: writer, notice, maxQueuedBytes: 100_000 });
    const line = `${'x'.repeat(999)}\n`;
    for (let count = 0; count < 1000; count += 1) output.write(line);
    t.ok(
      output.dropped > 800 && output.dropped < 900,
      `${output.dropped} of 1000 lines of 1 kB were dropped: the pipe holds 64 KiB, and 100 kB are queued`,
    );
    const { dropped } = output;

    let text = '';
    await eventually(() => (text += readAll(reader)).split('\n').length - 1 >= 1000 - dropped, {
      what: 'the queued lines',
    });
    output.write('after\n');
    await eventually(() => (text += readAll(reader)).endsWith('after\n'), { what: 'the next line' });
    t.equal(text, `${line.repeat(1000 - dropped)}dropped ${dropped}\nafter\n`);
    t.equal(output.dropped, dropped, 'the notice does not change the count');
  },
);

void t.test('drops and counts lines without a reader, and reports them to the next one', async (t) => {
  const { path, reader, writer } = pipe(t);
  const output = new LineOutput({ descriptor: writer, notice });
  output.write('one\n');
  t.equal(readAll(reader), 'one\n');
  closeSync(reader);
  output.write('two\nthree\n');
  output.write('four\n');
  t.equal(output.dropped, 3);
  const next = openSync(path, O_RDONLY | O_NONBLOCK);
  t.teardown(() => closeSync(next));
  t.equal(await eventually(() => readAll(next) || undefined, { what: 'the notice' }), 'dropped 3\n');
  output.write('five\n');
  t.equal(readAll(next), 'five\n');
});

void t.test('completes a partly written line after a full disk, and drops and counts others', async (t) => {
  const disk = join(ownFolder(t), 'disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk]).status === 0;
  if (!required(t, mounted, 'the right to mount a tmpfs')) return;
  t.teardown(() => void spawnSync('umount', ['-l', disk]));
  writeFileSync(join(disk, 'filler'), Buffer.alloc(32_768));
  const file = join(disk, 'log');
  const descriptor = openSync(file, O_WRONLY | O_APPEND | O_CREAT);
  t.teardown(() => closeSync(descriptor));
  const output = new LineOutput({ descriptor, notice });
  const line = `${'y'.repeat(2999)}\n`;
  for (let count = 0; count < 20; count += 1) output.write(line);
  t.ok(output.dropped > 5, `${output.dropped} lines were dropped`);
  rmSync(join(disk, 'filler'));
  const { dropped } = output;
  await eventually(() => readFileSync(file, 'utf8').endsWith(`dropped ${dropped}\n`), {
    what: 'the notice',
  });
  output.write('after\n');
  t.equal(readFileSync(file, 'utf8'), `${line.repeat(20 - dropped)}dropped ${dropped}\nafter\n`);
});

void t.test('leaves a pipe that is shared with another process in blocking mode', async (t) => {
  const script = `import { openUnblocking } from ${JSON.stringify(new URL('../../../../src/process/output/line-output.js', import.meta.url).href)};
    import { readFileSync } from 'node:fs';
    openUnblocking(1);
    process.stderr.write(readFileSync('/proc/self/fdinfo/1', 'utf8'));`;
  const child = spawn('sh', ['-c', '"$0" --input-type=module --eval "$1" | cat', process.execPath, script], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  const flags = Number.parseInt(/flags:\s*(\d+)/.exec(said)?.[1] ?? '', 8);
  t.equal(flags & O_NONBLOCK, 0, said);
});
