import t from 'tap';
import { asEvents, holding, joined, linesOf, merged } from '#src/features/task-logs/log-lines.js';

async function* bytes(...texts: readonly (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function all<Piece>(pieces: AsyncIterable<Piece>): Promise<Piece[]> {
  const found: Piece[] = [];
  for await (const piece of pieces) found.push(piece);
  return found;
}

const lines = async (...texts: readonly (string | Buffer)[]): Promise<string[]> =>
  (await all(linesOf(bytes(...texts)))).flat();

void t.test('joins lines and characters that are split across chunks', async (t) => {
  const euro = Buffer.from('1 €\nrest');
  t.same(await lines('a\nb', 'c\n', '\n', euro.subarray(0, 3), euro.subarray(3)), [
    'a',
    'bc',
    '',
    '1 €',
    'rest',
  ]);
  t.same(await lines(), []);
  t.same(
    (await lines('x'.repeat(70_000), 'x'.repeat(70_000))).map((line) => line.length),
    [65_536, 65_536, 8_928],
    'a line without an end is returned in pieces',
  );
});

void t.test('filters lines by a literal text', async (t) => {
  t.same(
    (await all(joined(holding(linesOf(bytes('one error\nfine\nan ERROR\nerr', 'or again')), 'error')))).join(
      '',
    ),
    'one error\nerror again\n',
  );
  t.same(await all(holding(linesOf(bytes('a.c\nabc\n')), 'a.c')), [['a.c']]);
});

void t.test('sends each line and the end of the log as a server-sent event', async (t) => {
  async function* pieces() {
    yield ['a', '', ' b\r'];
    yield { kind: 'silence' as const };
    yield ['10 %\r20 %'];
  }
  t.equal(
    (await all(asEvents(pieces()))).join(''),
    'data: a\n\ndata: \n\ndata:  b\n\n: keep-alive\n\ndata: 10 %\ndata: 20 %\n\nevent: end\ndata: \n\n',
  );
});

async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

async function* failing(): AsyncGenerator<string> {
  throw new Error('broke off');
}

void t.test('merges logs as they come, and those that are added later', async (t) => {
  async function* sources(): AsyncGenerator<AsyncIterable<string>> {
    yield pieces('a', 'b');
    yield pieces();
    yield pieces('c');
  }
  t.same((await all(merged(sources()))).sort(), ['a', 'b', 'c']);
  await t.rejects(
    all(
      merged(
        (async function* () {
          yield failing();
        })(),
      ),
    ),
    /broke off/,
  );
});

void t.test(
  'reads merged logs only as fast as they are taken, and closes all of them at the end',
  async (t) => {
    let [given, closed] = [0, 0];
    async function* endless(): AsyncGenerator<number> {
      try {
        for (;;) yield (given += 1);
      } finally {
        closed += 1;
      }
    }
    async function* sources(): AsyncGenerator<AsyncIterable<number>> {
      yield endless();
      yield endless();
    }
    let taken = 0;
    for await (const _ of merged(sources())) {
      taken += 1;
      await new Promise((resolve) => setImmediate(resolve));
      if (taken === 50) break;
    }
    t.ok(given - taken <= 2, `${given} were read for ${taken}`);
    await new Promise((resolve) => setImmediate(resolve));
    t.equal(closed, 2);
  },
);
