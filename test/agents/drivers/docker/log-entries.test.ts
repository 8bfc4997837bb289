import fc from 'fast-check';
import t from 'tap';
import { LogEntries, type LogEntry } from '#agents/drivers/docker/log-entries.js';

const TIME = '2026-11-26T23:43:32.123456789Z';

function frame(stream: 'stdout' | 'stderr', text: string): Buffer {
  const content = Buffer.from(`${TIME} ${text}`);
  const header = Buffer.from([stream === 'stdout' ? 1 : 2, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

/** Parses a log that arrives in chunks of these sizes. */
function parsed(log: Buffer, hasTerminal: boolean, sizes: readonly number[]): LogEntry[] {
  const parser = new LogEntries(hasTerminal);
  const entries: LogEntry[] = [];
  for (let from = 0, turn = 0; from < log.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    entries.push(...parser.push(log.subarray(from, from + size)));
    from += size;
  }
  return [...entries, ...parser.end()];
}

const shown = (entries: readonly LogEntry[]): string[] =>
  entries.map(({ stream, time, bytes }) => `${stream} ${time} ${bytes.toString()}`);

void t.test('parses framed entries in order, however the log is split into chunks', async () => {
  const entry = fc.record({
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    text: fc.string({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(
      fc.array(entry),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
      (entries, sizes) => {
        const log = Buffer.concat(entries.map(({ stream, text }) => frame(stream, text)));
        const expected = entries.map(({ stream, text }) => `${stream} ${TIME} ${text}`);
        return JSON.stringify(shown(parsed(log, false, sizes))) === JSON.stringify(expected);
      },
    ),
  );
});

void t.test('parses lines of a terminal without frames', async (t) => {
  const texts = [
    'one\r\n',
    '\r\n',
    `${'x'.repeat(16_384)}`,
    'rest\r\n',
    `${'y'.repeat(16_384)}`,
    `${'z'.repeat(16_384)}`,
    '\n',
    'a b c\r\n',
    `${'w'.repeat(16_383)}\n`,
    'no end',
  ];
  const log = Buffer.from(texts.map((text) => `${TIME} ${text}`).join(''));
  for (const sizes of [[1], [7, 16_000], [100_000]])
    t.same(
      shown(parsed(log, true, sizes)),
      texts.map((text) => `stdout ${TIME} ${text}`),
      `in pieces of ${sizes.join()}`,
    );
});

void t.test('keeps the entries before a message that the daemon could not read on', async (t) => {
  const message = Buffer.from('Error grabbing logs: unexpected EOF\n');
  const header = Buffer.from([3, 0, 0, 0, 0, 0, 0, message.length]);
  for (const [hasTerminal, log] of [
    [false, Buffer.concat([frame('stdout', 'one\n'), header, message])],
    [true, Buffer.concat([Buffer.from(`${TIME} one\n`), message])],
  ] as const)
    for (const size of [1, log.length]) {
      const parser = new LogEntries(hasTerminal);
      const entries: LogEntry[] = [];
      for (let at = 0; at < log.length; at += size) entries.push(...parser.push(log.subarray(at, at + size)));
      t.same(shown(entries), [`stdout ${TIME} one\n`]);
      t.throws(() => parser.end(), {
        name: 'UnreadableLogError',
        message: 'Error grabbing logs: unexpected EOF',
      });
    }
});

void t.test('keeps the entries before anything else that is not an entry', async (t) => {
  for (const [rest, message] of [
    [Buffer.from([4, 0, 0, 0, 0, 0, 0, 0]), 'the log stream is not framed'],
    [Buffer.from([1, 0, 0, 0, 0, 0, 0, 2, 65, 66]), 'a log entry has no timestamp'],
    [frame('stderr', 'two').subarray(0, 20), 'the log stream ended within an entry'],
  ] as const) {
    const parser = new LogEntries(false);
    t.same(shown(parser.push(Buffer.concat([frame('stdout', 'one\n'), rest]))), [`stdout ${TIME} one\n`]);
    t.throws(() => parser.end(), { message });
  }
});
