import t from 'tap';
import { entriesWith } from '#agents/drivers/docker/last-entries.js';
import type { StreamBytes } from '#agents/drivers/docker/log-frames.js';

/** A log of `o` (standard output) and `e` (standard errors), each entry in two pieces; `asked`: how far back it was read. */
function logOf(entries: string) {
  const asked: number[] = [];
  async function* read(most: number): AsyncGenerator<StreamBytes> {
    for (const name of entries.slice(-most)) {
      for (const begins of [true, false]) yield { stream: name === 'o' ? 'stdout' : 'stderr', bytes: Buffer.from('x'), begins };
      await Promise.resolve();
    }
  }
  return { asked, read: (most: number) => (asked.push(most), Promise.resolve(read(most))) };
}

void t.test('the last entries of a stream are found behind those of the other', async (t) => {
  for (const [entries, wanted, found, asked] of [
    ['ooo', 2, 2, [2]],
    ['oeoe', 2, 4, [2, 16]],
    [`o${'e'.repeat(16)}`, 2, 128, [2, 16, 128]],
    [`oo${'e'.repeat(15)}`, 2, 17, [2, 16, 128]],
    ['o', 5, 5, [5]],
    ['', 5, 5, [5]],
    ['oe', 0, 0, []],
  ] as const) {
    const log = logOf(entries);
    t.equal(await entriesWith('stdout', wanted, log.read), found, entries);
    t.same(log.asked, asked, entries);
  }
});

void t.test('nothing is looked for farther back than the bound', async (t) => {
  const log = logOf(`o${'e'.repeat(40)}`);
  t.equal(await entriesWith('stdout', 2, log.read, 20), 20);
  t.same(log.asked, [2, 16, 20]);
  t.equal(await entriesWith('stdout', 30, log.read, 20), 30, 'what is asked for counts, where that is more');
});
