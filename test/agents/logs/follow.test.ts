import { appendFileSync, mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { BothLogs } from '#agents/logs/both-logs.js';
import { readLog } from '#agents/logs/follow.js';
import { RotatedLog, type LogBounds } from '#agents/logs/rotated-log.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { LogQuery, LogStream } from '#domain/protocol/agent-channel.js';
import { ownFolder } from '../../fixtures/folder.js';

const WIDE: LogBounds = { maxBytes: 1_000_000, maxFiles: 5 };
const BEGAN = Date.parse('2026-11-29T10:00:00Z');

class WrittenLog extends BothLogs {
  constructor(
    readonly folder: string,
    bounds = WIDE,
  ) {
    super({
      stdout: new RotatedLog(path.join(folder, 'stdout'), bounds),
      stderr: new RotatedLog(path.join(folder, 'stderr'), bounds),
    });
  }

  /** Writes at a time in seconds after {@link BEGAN}. */
  write(stream: LogStream, text: string, second = 0): void {
    this.append(stream, Buffer.from(text), BEGAN + second * 1000);
  }

  async read(query: Partial<LogQuery> = {}, ended = (): boolean => true): Promise<string> {
    const parts: Uint8Array[] = [];
    const full = { stream: 'both', follow: false, ...query } as const;
    for await (const part of readLog(this.logs, full, ended, systemClock, new AbortController().signal))
      parts.push(part);
    return Buffer.concat(parts).toString();
  }

  /** Reopens the log like the next agent. */
  reopened(bounds = WIDE): WrittenLog {
    this.close();
    return new WrittenLog(this.folder, bounds);
  }
}

function logIn(t: Test, bounds = WIDE): WrittenLog {
  return new WrittenLog(path.join(ownFolder(t), 'logs'), bounds);
}

void t.test('returns both streams in the order in which they arrived, even at the same time', async (t) => {
  const log = logIn(t);
  log.write('stderr', 'e1\n');
  log.write('stdout', 'o1\no2\n');
  log.write('stderr', 'e2\n');
  log.write('stdout', 'o3\n');
  t.equal(await log.read(), 'e1\no1\no2\ne2\no3\n');
  t.equal(await log.reopened().read(), 'e1\no1\no2\ne2\no3\n', 'the next agent returns the same order');
  t.equal(await log.read({ stream: 'stderr' }), 'e1\ne2\n');
});

void t.test('keeps the order if the clock is set back, also in the next agent', async (t) => {
  const log = logIn(t);
  log.write('stderr', 'e1\n', 100);
  log.write('stdout', 'o1\n', 50);
  const next = log.reopened();
  next.write('stderr', 'e2\n', 10);
  next.write('stdout', 'o2\n', 11);
  t.equal(await next.read(), 'e1\no1\ne2\no2\n');
});

void t.test('does not let one stream interrupt a line of the other', async (t) => {
  const log = logIn(t);
  log.write('stdout', 'begun ');
  log.write('stderr', 'e1\n');
  log.write('stdout', 'and ended\n');
  t.equal(await log.read(), 'e1\nbegun and ended\n');
  t.equal(await log.read({ stream: 'stdout' }), 'begun and ended\n');
});

void t.test('returns standard output before standard error if the order is unknown', async (t) => {
  const log = logIn(t);
  mkdirSync(log.folder);
  // An earlier release left these files.
  writeFileSync(path.join(log.folder, 'stderr'), 'e\n');
  writeFileSync(path.join(log.folder, 'stdout@0'), 'o1\n');
  writeFileSync(path.join(log.folder, 'stdout'), 'o2\n');
  const old = log.reopened();
  t.equal(await old.read(), 'o1\no2\ne\n');
  t.equal(await old.read({ timestamps: true }), '- o1\n- o2\n- e\n', 'the lines have no times');
  t.equal(await old.read({ since: BEGAN / 1000 }), 'o1\no2\ne\n', 'times select nothing');
  t.equal(await old.read({ until: BEGAN / 1000 }), 'o1\no2\ne\n');
});

void t.test('counts the lines of both streams for `tail`', async (t) => {
  const log = logIn(t);
  for (let index = 0; index < 10; index += 1)
    log.write(index % 2 === 0 ? 'stdout' : 'stderr', `line ${index}\n`, index);
  log.write('stdout', 'unfinished', 10);
  t.equal(await log.read({ tail: 1 }), 'unfinished');
  t.equal(await log.read({ tail: 3 }), 'line 8\nline 9\nunfinished');
  t.equal(await log.read({ tail: 0 }), '');
  t.equal(await log.read({ tail: 99 }), await log.read());
  t.equal(
    await log.read({ tail: 2, timestamps: true }),
    '2026-11-29T10:00:09.000Z line 9\n2026-11-29T10:00:10.000Z unfinished',
  );
});

void t.test('puts the time at which it was complete before each line', async (t) => {
  const log = logIn(t);
  log.write('stdout', 'one\ntw', 1);
  log.write('stderr', 'problem\n', 1.5);
  log.write('stdout', 'o\n', 2);
  const one = '2026-11-29T10:00:01.000Z one\n';
  const two = '2026-11-29T10:00:02.000Z two\n';
  const problem = '2026-11-29T10:00:01.500Z problem\n';
  t.equal(await log.read({ timestamps: true }), `${one}${problem}${two}`);
  t.equal(await log.read({ timestamps: true, stream: 'stdout' }), `${one}${two}`);
});

void t.test('selects lines by time', async (t) => {
  const bounds = { maxBytes: 400, maxFiles: 5 };
  const log = logIn(t, bounds);
  for (let second = 0; second < 60; second += 1)
    log.write(second % 3 === 0 ? 'stderr' : 'stdout', `second ${second}\n`, second);
  t.ok(readdirSync(log.folder).length > 8, 'the log consists of several parts');
  const between = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, index) => `second ${from + index}\n`).join('');
  const at = (second: number): number => BEGAN / 1000 + second;
  for (const read of [log, log.reopened(bounds)]) {
    t.equal(await read.read({ since: at(50) }), between(50, 60));
    t.equal(await read.read({ since: at(49.5), until: at(55) }), between(50, 55));
    t.equal(await read.read({ until: at(3) }), between(0, 3));
    t.equal(await read.read({ since: at(20), until: at(40), tail: 2 }), between(38, 40));
    t.equal(await read.read({ since: at(100) }), '');
    t.equal(await read.read({ until: at(-1) }), '');
    t.equal(await read.read({ since: at(57), stream: 'stderr' }), 'second 57\n');
  }
  log.write('stdout', 'begun', 61);
  log.write('stdout', ' and ended\n', 62);
  t.equal(await log.read({ since: at(62) }), 'begun and ended\n', 'a line is not cut');
});

void t.test('keeps order and times after rotation, within the limits, and reports gaps', async (t) => {
  const bounds = { maxBytes: 400, maxFiles: 3 };
  const log = logIn(t, bounds);
  for (let index = 0; index < 600; index += 1)
    log.write(index % 2 === 0 ? 'stdout' : 'stderr', `${index % 2 === 0 ? 'out' : 'err'} ${index}\n`, index);
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
  t.match(
    await log.read({ timestamps: true }),
    /\n- -- muster: \d+ bytes of this log were dropped here --\n2026/,
  );
  t.equal(await log.read({ tail: 3 }), 'err 597\nout 598\nerr 599\n');
  t.equal(await log.reopened(bounds).read(), read);
  for (const stream of ['stdout', 'stderr']) {
    const sizes = readdirSync(log.folder)
      .filter((name) => name.startsWith(stream))
      .map((name) => statSync(path.join(log.folder, name)).size);
    t.ok(sizes.reduce((sum, size) => sum + size, 0) <= 1200, `${stream}: ${sizes.join(' ')}`);
  }
});

void t.test('loses no line if the file of times is truncated or damaged', async (t) => {
  const log = logIn(t);
  for (let index = 0; index < 20; index += 1)
    log.write(index % 3 === 0 ? 'stderr' : 'stdout', `line ${index}\n`, index);
  log.close();
  const file = path.join(log.folder, 'stdout@0.times');
  const { size } = statSync(file);
  await fc.assert(
    fc.asyncProperty(fc.nat(size), async (at) => {
      truncateSync(file, at);
      const lines = (await log.reopened().read()).trimEnd().split('\n');
      t.equal(new Set(lines).size, 20, `truncated to ${at} bytes`);
    }),
    // A file that was cut is extended with zero bytes. Cut after 7 bytes, and extended to one entry, its end is a number just above 0.
    { numRuns: 30, examples: [[size - 40], [size], [size >> 1], [size], [7], [16]] },
  );
  const next = log.reopened();
  appendFileSync(file, 'torn');
  next.write('stdout', 'goes on\n', 30);
  t.match(await next.read(), /goes on\n$/);
});

void t.test('reports output that could not be written', async (t) => {
  const log = logIn(t);
  log.write('stdout', 'before\n', 1);
  log.logs.stdout.skip(5000);
  t.equal(await log.read(), 'before\n');
  log.write('stdout', 'after\n', 2);
  t.equal(await log.read(), 'before\n-- muster: 5000 bytes of this log were dropped here --\nafter\n');
});

void t.test('follows a log across its parts until it has ended', async (t) => {
  const log = logIn(t, { maxBytes: 1000, maxFiles: 100 });
  let hasEnded = false;
  const reading = log.read({ follow: true }, () => hasEnded);
  let written = '';
  for (let index = 0; index < 300; index += 1) {
    log.write(index % 2 === 0 ? 'stdout' : 'stderr', `line ${index}\n`, index);
    written += `line ${index}\n`;
    if (index % 30 === 0) await systemClock.sleep(index % 60 === 0 ? 120 : 1);
  }
  hasEnded = true;
  t.equal(await reading, written);
});

void t.test('ends a followed log at the time that limits it', async (t) => {
  const log = logIn(t);
  log.append('stdout', Buffer.from('now\n'), systemClock.now());
  t.equal(await log.read({ follow: true, until: systemClock.now() / 1000 + 0.2 }, () => false), 'now\n');
});
