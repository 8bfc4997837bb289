import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import type { LogStream } from '#domain/protocol/agent-channel.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { readInterleaved } from '#agents/logs/interleaved.js';
import { LogOrder } from '#agents/logs/order.js';
import { RotatedLog, type LogBounds } from '#agents/logs/rotated-log.js';
import { ownFolder } from '../../fixtures/folder.js';

const WIDE: LogBounds = { maxBytes: 1_000_000, maxFiles: 5 };

class WrittenLog {
  readonly order: LogOrder;
  readonly stdout: RotatedLog;
  readonly stderr: RotatedLog;
  readonly ends: Record<LogStream, number> = { stdout: 0, stderr: 0 };

  constructor(
    readonly folder: string,
    bounds = WIDE,
    orderBytes?: number,
  ) {
    mkdirSync(folder, { recursive: true });
    for (const stream of ['stdout', 'stderr']) appendFileSync(path.join(folder, stream), '');
    this.stdout = new RotatedLog(path.join(folder, 'stdout'), bounds);
    this.stderr = new RotatedLog(path.join(folder, 'stderr'), bounds);
    this.order = new LogOrder(path.join(folder, 'order'), orderBytes);
  }

  write(stream: LogStream, text: string): void {
    this.writeUnordered(stream, text);
    this.order.add([{ stream, end: this.ends[stream] }]);
  }

  writeUnordered(stream: LogStream, text: string): void {
    appendFileSync(path.join(this.folder, stream), text);
    this.ends[stream] += Buffer.byteLength(text);
  }

  async compact(): Promise<void> {
    this.order.compact({
      stdout: (await this.stdout.extent()).gaps,
      stderr: (await this.stderr.extent()).gaps,
    });
  }

  async read(tail?: number): Promise<string> {
    const parts: Uint8Array[] = [];
    const query = { follow: false, ...(tail !== undefined && { tail }) };
    for await (const part of readInterleaved(
      this,
      query,
      () => true,
      systemClock,
      new AbortController().signal,
    ))
      parts.push(part);
    return Buffer.concat(parts).toString();
  }

  /** Reopens the log like the next agent. */
  reopened(bounds = WIDE): WrittenLog {
    return new WrittenLog(this.folder, bounds);
  }
}

void t.test('returns both streams in the order in which they were written', async (t) => {
  const log = new WrittenLog(ownFolder(t));
  log.write('stderr', 'e1\n');
  log.write('stdout', 'o1\no2\n');
  log.write('stderr', 'e2\n');
  log.write('stdout', 'o3\n');
  t.equal(await log.read(), 'e1\no1\no2\ne2\no3\n');
  log.order.end();
  t.equal(await log.reopened().read(), 'e1\no1\no2\ne2\no3\n', 'the next agent returns the same order');
});

void t.test('creates no order file for a single stream', async (t) => {
  const log = new WrittenLog(ownFolder(t));
  log.write('stdout', 'o1\n');
  log.write('stdout', 'o2\n');
  log.order.end();
  t.notOk(existsSync(path.join(log.folder, 'order')));
  t.equal(await log.read(), 'o1\no2\n');
});

void t.test('appends output that is missing from the order file', async (t) => {
  const log = new WrittenLog(ownFolder(t));
  log.write('stderr', 'e1\n');
  log.write('stdout', 'o1\n');
  // The agent is killed here, so the current run has no line yet.
  log.writeUnordered('stderr', 'e2\n');
  log.writeUnordered('stdout', 'o2\n');
  t.equal(await log.reopened().read(), 'e1\no1\no2\ne2\n');
  const none = new WrittenLog(path.join(ownFolder(t), 'none'));
  none.writeUnordered('stderr', 'e\n');
  none.writeUnordered('stdout', 'o\n');
  t.equal(await none.read(), 'o\ne\n', 'without an order file stdout comes first');
});

void t.test('loses no line if the order file is truncated or damaged', async (t) => {
  const written = Array.from({ length: 20 }, (_, index) => ({
    stream: index % 3 === 0 ? ('stderr' as const) : ('stdout' as const),
    text: `line ${index}\n`,
  }));
  const folder = ownFolder(t);
  const log = new WrittenLog(folder);
  for (const { stream, text } of written) log.write(stream, text);
  log.order.end();
  const file = path.join(folder, 'order');
  const whole = readFileSync(file, 'latin1');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length),
      fc.constantFrom('', '\0\0\0\0', '2 9', '1 99999\n', 'x\n'),
      fc.boolean(),
      async (at, damage, goesOn) => {
        writeFileSync(file, `${whole.slice(0, at)}${damage}${goesOn ? whole.slice(at) : ''}`);
        const lines = (await log.reopened().read()).trimEnd().split('\n');
        const of = (stream: LogStream, all: readonly string[]): string[] =>
          all.filter((line) => written.some((each) => each.stream === stream && each.text === `${line}\n`));
        for (const stream of ['stdout', 'stderr'] as const)
          t.same(
            of(stream, lines),
            of(
              stream,
              written.map(({ text }) => text.trimEnd()),
            ),
            `${stream} after ${JSON.stringify(damage)} at ${at}`,
          );
        t.equal(lines.length, written.length);
      },
    ),
    { numRuns: 100 },
  );
});

void t.test('counts the lines of both streams for `tail`', async (t) => {
  const log = new WrittenLog(ownFolder(t));
  for (let index = 0; index < 10; index += 1)
    log.write(index % 2 === 0 ? 'stdout' : 'stderr', `line ${index}\n`);
  log.write('stdout', 'unfinished');
  t.equal(await log.read(1), 'unfinished');
  t.equal(await log.read(3), 'line 8\nline 9\nunfinished');
  t.equal(await log.read(0), '');
  t.equal(await log.read(99), await log.read());
});

void t.test(
  'keeps the order after rotation, reports gaps, and drops obsolete entries of the order file',
  async (t) => {
    const bounds = { maxBytes: 200, maxFiles: 3 };
    const log = new WrittenLog(ownFolder(t), bounds);
    for (let index = 0; index < 600; index += 1) {
      log.write(index % 2 === 0 ? 'stdout' : 'stderr', `${index % 2 === 0 ? 'out' : 'err'} ${index}\n`);
      await log.stdout.rotate();
      await log.stderr.rotate();
    }
    log.order.end();
    const read = await log.read();
    const numbers = read.split('\n').flatMap((line) => /^(?:out|err) (\d+)$/.exec(line)?.[1] ?? []);
    t.same(
      numbers.map(Number),
      [...numbers].map(Number).sort((a, b) => a - b),
      'the lines are in order',
    );
    t.match(read, /^out 0\nerr 1\nout 2\n/, 'the beginning is retained');
    t.match(read, /out 598\nerr 599\n$/, 'the end is retained');
    t.equal(
      read.match(/-- muster: \d+ bytes of this log were dropped here --\n/g)?.length,
      2,
      'the log reports one gap per stream',
    );
    t.equal(await log.read(3), 'err 597\nout 598\nerr 599\n');

    const file = path.join(log.folder, 'order');
    const before = statSync(file).size;
    await log.compact();
    t.ok(statSync(file).size < before / 2, `${statSync(file).size} of ${before}`);
    t.equal(await log.read(), read, 'the log is the same without the obsolete runs');
    t.equal(await log.reopened(bounds).read(), read);
  },
);

void t.test('limits the size of the order file without losing lines', async (t) => {
  const log = new WrittenLog(ownFolder(t), WIDE, 2000);
  for (let index = 0; index < 2000; index += 1) {
    log.write(index % 2 === 0 ? 'stdout' : 'stderr', `line ${index}\n`);
    if (log.order.isTooLarge) await log.compact();
    if (index % 100 === 0)
      t.ok((statSync(path.join(log.folder, 'order'), { throwIfNoEntry: false })?.size ?? 0) <= 2020);
  }
  const lines = (await log.read()).trimEnd().split('\n');
  t.equal(new Set(lines).size, 2000);
  t.same(
    lines.slice(0, 20),
    Array.from({ length: 20 }, (_, index) => `line ${index}`),
    'the beginning is retained',
  );
  t.same(
    lines.slice(-80),
    Array.from({ length: 80 }, (_, index) => `line ${1920 + index}`),
    'the end is retained',
  );
});

void t.test('follows a log across rewrites of its order file', async (t) => {
  const log = new WrittenLog(ownFolder(t), WIDE, 600);
  let ended = false;
  const parts: Uint8Array[] = [];
  const reading = (async () => {
    for await (const part of readInterleaved(
      log,
      { follow: true },
      () => ended,
      systemClock,
      new AbortController().signal,
    ))
      parts.push(part);
  })();
  let written = '';
  for (let index = 0; index < 300; index += 1) {
    log.write(index % 2 === 0 ? 'stdout' : 'stderr', `line ${index}\n`);
    written += `line ${index}\n`;
    if (index % 30 === 0) await systemClock.sleep(index % 60 === 0 ? 120 : 1);
    if (log.order.isTooLarge) await log.compact();
  }
  ended = true;
  await reading;
  t.equal(Buffer.concat(parts).toString().length, written.length);
  t.equal(new Set(Buffer.concat(parts).toString().split('\n')).size, 301);
});

void t.test('loses the order on a full disk, but not the log', async (t) => {
  const folder = ownFolder(t);
  const log = new WrittenLog(folder);
  log.write('stdout', 'o1\n');
  // A folder cannot be appended to, like a file on a full disk.
  mkdirSync(path.join(folder, 'order'));
  log.write('stderr', 'e1\n');
  log.write('stdout', 'o2\n');
  rmSync(path.join(folder, 'order'), { recursive: true });
  log.write('stderr', 'e2\n');
  t.same((await log.read()).trimEnd().split('\n').sort(), ['e1', 'e2', 'o1', 'o2']);
});
