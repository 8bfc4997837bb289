import fc from 'fast-check';
import t from 'tap';
import { lineOf, readLines } from '#agents/journal/checked-lines.js';

const texts = (entries: readonly unknown[]): string[] => entries.map((entry) => JSON.stringify(entry));

void t.test('reads back the written lines', async () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.jsonValue())), (batches) => {
      const bytes = Buffer.concat(batches.map((batch) => lineOf(texts(batch))));
      const { lines, whole } = readLines(bytes);
      const read = JSON.stringify(lines.map((line) => ('value' in line ? line.value : 'damaged')));
      return whole === bytes.length && read === JSON.stringify(batches);
    }),
  );
});

void t.test('ignores a last line that is truncated or altered', async (t) => {
  const first = lineOf(texts([['a', { some: 'thing' }]]));
  const last = lineOf(
    texts([
      ['b', 'ä'],
      ['c', 1],
    ]),
  );
  for (let length = 0; length < last.length; length += 1) {
    const { lines, whole } = readLines(Buffer.concat([first, last.subarray(0, length)]));
    t.strictSame([lines.length, whole], [1, first.length], `cut after ${length} bytes`);
  }
  for (let at = 0; at < last.length; at += 1) {
    const bytes = Buffer.concat([first, last]);
    bytes[first.length + at] = (bytes[first.length + at] ?? 0) ^ 1;
    t.strictSame(readLines(bytes).whole, first.length, `altered byte at ${at}`);
  }
});

void t.test('reports a damaged line, and reads the valid line after it', async (t) => {
  const [first, second] = [lineOf(texts([1])), lineOf(texts([2]))];
  first[first.length - 2] = 0;
  const { lines, whole } = readLines(Buffer.concat([first, second]));
  t.strictSame(lines, [{ damaged: first.subarray(0, -1) }, { value: [2] }]);
  t.equal(whole, first.length + second.length);
});
