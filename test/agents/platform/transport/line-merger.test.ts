import t from 'tap';
import type { LogStream } from '#domain/protocol/agent-channel.js';
import { LineMerger } from '#agents/platform/transport/line-merger.js';

function merged(...pieces: readonly (readonly [LogStream, string] | 'flush')[]): string {
  const lines = new LineMerger();
  return pieces
    .map((piece) =>
      (piece === 'flush' ? lines.flush() : lines.add(piece[0], Buffer.from(piece[1]))).toString(),
    )
    .join('');
}

void t.test('orders lines by the time at which they end', async (t) => {
  t.equal(
    merged(['stdout', 'a'], ['stderr', 'x\n'], ['stdout', 'b\nc'], ['stderr', 'y\n'], ['stdout', '\n']),
    'x\nab\ny\nc\n',
  );
});

void t.test('terminates an unfinished line before a line of the other stream', async (t) => {
  t.equal(
    merged(['stdout', 'name: '], 'flush', ['stdout', 'x\n'], ['stderr', 'y\n']),
    'name: x\ny\n',
    'the stream continues its own line',
  );
  t.equal(
    merged(['stdout', 'name: '], 'flush', ['stderr', 'y\n'], ['stdout', 'x\n']),
    'name: \ny\nx\n',
    'a line of the other stream ends the unfinished line',
  );
  t.equal(merged(['stdout', 'a'], ['stderr', 'b'], 'flush'), 'a\nb', 'both streams are unfinished');
});

void t.test('passes on an overlong line before it ends', async (t) => {
  const long = 'x'.repeat(70_000);
  t.equal(merged(['stdout', long], ['stderr', 'y\n']), `${long}\ny\n`);
});

void t.test('puts a notice on a line of its own', async (t) => {
  const lines = new LineMerger();
  t.equal(lines.add('stdout', Buffer.from('a\nb')).toString(), 'a\n');
  t.equal(lines.addNotice('stdout', '-- gap --\n').toString(), 'b\n-- gap --\n');
  t.equal(lines.add('stderr', Buffer.from('c\n')).toString(), 'c\n');
});
