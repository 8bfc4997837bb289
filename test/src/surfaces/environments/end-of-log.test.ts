import t from 'tap';
import { endOfLog } from '#src/surfaces/environments/end-of-log.js';

const BOUNDS = { lines: 5, bytes: 40 };

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function numbered(from: number, to: number, word = ''): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `${word}${from + index}\n`).join('');
}

for (const size of [1, 3, 7, 1000]) {
  const end = async (text: string): Promise<string> => await endOfLog(inPieces(text, size), BOUNDS);

  void t.test(`returns a log within the bounds unchanged, read in chunks of ${size} bytes`, async (t) => {
    for (const text of ['', 'one', 'one\n', numbered(1, 5), `${numbered(1, 4)}5`, 'x'.repeat(40)])
      t.equal(await end(text), text);
  });

  void t.test(
    `returns the last lines of a log with too many lines, and marks the omission, read in chunks of ${size} bytes`,
    async (t) => {
      const cut = '-- muster: all but the last 5 lines of this log are left out here --\n';
      t.equal(await end(numbered(1, 6)), `${cut}${numbered(2, 6)}`);
      t.equal(await end(`${numbered(1, 5)}6`), `${cut}${numbered(2, 5)}6`);
      t.equal(await end('\n'.repeat(6)), `${cut}${'\n'.repeat(5)}`, 'empty lines are counted as well');
    },
  );

  void t.test(
    `returns the end of a log with too many bytes, and the number of omitted bytes, read in chunks of ${size} bytes`,
    async (t) => {
      const long = numbered(10, 14, 'a word of nine ');
      t.equal(long.length, 90);
      t.equal(
        await end(long),
        `-- muster: 54 bytes of this log are left out here --\n${numbered(13, 14, 'a word of nine ')}`,
      );
      t.equal(
        await end(`${'x'.repeat(100)}`),
        `-- muster: 60 bytes of this log are left out here --\n${'x'.repeat(40)}`,
        'a log without line ends is cut as well',
      );
      t.equal(
        await end('ä'.repeat(30).concat('x')),
        `-- muster: 22 bytes of this log are left out here --\n${'ä'.repeat(19)}x`,
        'no character is cut in two',
      );
    },
  );

  void t.test(
    `reports the returned bytes of a log with too many lines and bytes, read in chunks of ${size} bytes`,
    async (t) => {
      const shown = numbered(16, 17, 'a word of nine ');
      t.equal(
        await end(numbered(10, 17, 'a word of nine ')),
        `-- muster: all but the last ${shown.length} bytes of this log are left out here --\n${shown}`,
      );
    },
  );
}
