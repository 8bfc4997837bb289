import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/clock/system-clock.js';
import { readInterleaved } from '#agents/logs/interleaved.js';
import { LogOrder } from '#agents/logs/order.js';
import { OrderRecorder } from '#agents/logs/order-recorder.js';
import { RotatedLog } from '#agents/logs/rotated-log.js';
import { eventually } from '../../fixtures/eventually.js';
import { ownFolder } from '../../fixtures/folder.js';

const BOUNDS = { maxBytes: 1_000_000, maxFiles: 3 };

function openLog(folder: string) {
  const files = { stdout: path.join(folder, 'stdout'), stderr: path.join(folder, 'stderr') };
  const output = [openSync(files.stdout, 'a'), openSync(files.stderr, 'a')] as const;
  const logs = {
    stdout: new RotatedLog(files.stdout, BOUNDS),
    stderr: new RotatedLog(files.stderr, BOUNDS),
    order: new LogOrder(path.join(folder, 'order')),
  };
  const record = (life: AbortSignal): OrderRecorder =>
    new OrderRecorder({ files, logs, order: logs.order, clock: systemClock, life });
  const read = async (): Promise<string> => {
    const parts: Uint8Array[] = [];
    for await (const part of readInterleaved(
      logs,
      { follow: false },
      () => true,
      systemClock,
      new AbortController().signal,
    ))
      parts.push(part);
    return Buffer.concat(parts).toString();
  };
  return { output, record, read, observed: () => logs.order.current?.stream };
}

async function shell(output: readonly [number, number], script: string): Promise<void> {
  await once(spawn('sh', ['-c', script], { stdio: ['ignore', ...output] }), 'exit');
}

function alternating(from: number, count: number): string {
  return Array.from(
    { length: count },
    (_, index) => `${index % 2 === 0 ? 'out' : 'err'} ${from + index}\n`,
  ).join('');
}

async function recorded(t: Test, script: string): Promise<string> {
  const { output, record, read } = openLog(ownFolder(t));
  const recorder = record(new AbortController().signal);
  await shell(output, script);
  await recorder.stop();
  return await read();
}

void t.test('lines that a task writes to both streams without a pause have their order', async (t) => {
  const script = 'i=0; while [ $i -lt 400 ]; do echo "out $i"; echo "err $((i + 1))" >&2; i=$((i + 2)); done';
  t.equal(await recorded(t, script), alternating(0, 400));
});

void t.test('and so do lines with pauses, several of one stream in a row, and pieces of lines', async (t) => {
  const script =
    'echo a; echo b; sleep 0.05; echo c >&2; sleep 0.05; printf d; sleep 0.05; echo e >&2; sleep 0.05; echo d; sleep 0.05; echo f >&2; echo g >&2';
  t.equal(await recorded(t, script), 'a\nb\nc\ne\ndd\nf\ng\n');
});

void t.test('a task that writes more than the kernel should notify of keeps each of its lines', async (t) => {
  const script =
    'i=0; while [ $i -lt 20000 ]; do echo "out $i"; echo "err $i" >&2; i=$((i + 1)); done; sleep 0.1; echo last; sleep 0.1; echo end >&2';
  const lines = (await recorded(t, script)).trimEnd().split('\n');
  for (const stream of ['out', 'err'])
    t.same(
      lines.filter((line) => line.startsWith(stream)),
      Array.from({ length: 20_000 }, (_, index) => `${stream} ${index}`),
    );
  t.same(lines.slice(-2), ['last', 'end']);
});

void t.test(
  'the next agent goes on with the order, and takes what no agent saw as a reader would',
  async (t) => {
    const folder = ownFolder(t);
    const before = openLog(folder);
    const life = new AbortController();
    before.record(life.signal);
    await shell(before.output, 'echo out 0; echo err 1 >&2');
    await eventually(() => existsSync(path.join(folder, 'order')), { what: 'the order of what it wrote' });
    life.abort();
    await shell(before.output, 'echo unseen err >&2; echo unseen out');
    const after = openLog(folder);
    const recorder = after.record(new AbortController().signal);
    await eventually(() => after.observed() === 'stdout', { what: 'what was written before' });
    await shell(after.output, 'echo out 2; echo err 3 >&2');
    await recorder.stop();
    t.equal(await after.read(), 'out 0\nerr 1\nunseen err\nunseen out\nout 2\nerr 3\n');
  },
);
