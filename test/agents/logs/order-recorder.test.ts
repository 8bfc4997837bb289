import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, statSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
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
  const isRecorded = (): boolean =>
    (['stdout', 'stderr'] as const).every(
      (stream) => logs.order.ends[stream] === statSync(files[stream]).size,
    );
  return { output, record, read, isRecorded, observed: () => logs.order.current?.stream };
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

/** Runs the scripts one after the other, each once the output of the previous one is recorded, as if there were a long pause. */
async function recorded(t: Test, ...scripts: string[]): Promise<string> {
  const { output, record, read, isRecorded } = openLog(ownFolder(t));
  const recorder = record(new AbortController().signal);
  for (const [index, script] of scripts.entries()) {
    if (index > 0) await eventually(isRecorded, { what: 'the order of the written lines' });
    await shell(output, script);
  }
  await recorder.stop();
  return await read();
}

void t.test('records the order of lines that are written without pauses', async (t) => {
  const script = 'i=0; while [ $i -lt 400 ]; do echo "out $i"; echo "err $((i + 1))" >&2; i=$((i + 2)); done';
  t.equal(await recorded(t, script), alternating(0, 400));
});

void t.test('records the order of delayed, consecutive and partial lines', async (t) => {
  const steps = [
    'echo a; echo b',
    'echo c >&2',
    'printf d',
    'echo e >&2',
    'echo d',
    'echo f >&2; echo g >&2',
  ];
  t.equal(await recorded(t, ...steps), 'a\nb\nc\ne\ndd\nf\ng\n');
});

void t.test('loses no line of a task that causes too many notifications', async (t) => {
  const script = 'i=0; while [ $i -lt 20000 ]; do echo "out $i"; echo "err $i" >&2; i=$((i + 1)); done';
  const lines = (await recorded(t, script, 'echo last', 'echo end >&2')).trimEnd().split('\n');
  for (const stream of ['out', 'err'])
    t.same(
      lines.filter((line) => line.startsWith(stream)),
      Array.from({ length: 20_000 }, (_, index) => `${stream} ${index}`),
    );
  t.same(lines.slice(-2), ['last', 'end']);
});

void t.test(
  'continues in the next agent, and puts stdout first in output that no agent observed',
  async (t) => {
    const folder = ownFolder(t);
    const before = openLog(folder);
    const life = new AbortController();
    before.record(life.signal);
    await shell(before.output, 'echo out 0; echo err 1 >&2');
    await eventually(() => existsSync(path.join(folder, 'order')), {
      what: 'the order of the written lines',
    });
    life.abort();
    await shell(before.output, 'echo unseen err >&2; echo unseen out');
    const after = openLog(folder);
    const recorder = after.record(new AbortController().signal);
    await eventually(() => after.observed() === 'stdout', { what: 'the earlier output' });
    await shell(after.output, 'echo out 2; echo err 3 >&2');
    await recorder.stop();
    t.equal(await after.read(), 'out 0\nerr 1\nunseen err\nunseen out\nout 2\nerr 3\n');
  },
);
