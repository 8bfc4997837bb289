import { StringDecoder } from 'node:string_decoder';
import type { Silence } from '#src/http/index.js';

/** Maximum length of a line, in characters. Longer lines are split. */
const LONGEST_LINE = 65_536;

export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(Buffer.from(chunk))).split('\n');
    rest = lines.pop() ?? '';
    for (; rest.length > LONGEST_LINE; rest = rest.slice(LONGEST_LINE))
      lines.push(rest.slice(0, LONGEST_LINE));
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}

export async function* holding(
  lines: AsyncIterable<readonly string[]>,
  text: string,
): AsyncGenerator<readonly string[]> {
  for await (const some of lines) {
    const found = some.filter((line) => line.includes(text));
    if (found.length > 0) yield found;
  }
}

/**
 * Yields what the sources yield, as it comes, until all have ended. Sources can be added until `sources` ends. Each is read only as fast as its pieces
 * are taken, so no buffer grows. Fails if one of them does.
 */
export async function* merged<Piece>(sources: AsyncIterable<AsyncIterable<Piece>>): AsyncGenerator<Piece> {
  const ready: { readonly piece: Piece; readonly taken: () => void }[] = [];
  const failures: unknown[] = [];
  let [open, over, wake] = [0, false, (): void => undefined];
  const read = async <Item>(items: AsyncIterable<Item>, handle: (item: Item) => Promise<void> | void) => {
    open += 1;
    try {
      for await (const item of items) {
        if (!over) await handle(item);
        if (over) break;
      }
    } catch (error) {
      failures.push(error);
    } finally {
      open -= 1;
      wake();
    }
  };
  const offer = async (piece: Piece): Promise<void> =>
    await new Promise((taken) => {
      ready.push({ piece, taken });
      wake();
    });
  void read(sources, (source) => void read(source, offer));
  try {
    while (failures.length === 0) {
      const [next] = ready;
      if (next !== undefined) {
        yield next.piece;
        ready.shift();
        next.taken();
      } else if (open === 0) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    throw failures[0];
  } finally {
    over = true;
    for (const { taken } of ready) taken();
  }
}

export async function* joined(lines: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  for await (const some of lines) yield some.map((line) => `${line}\n`).join('');
}

/** Encodes each line as a server-sent event. The final event, `end`, indicates that the log is complete. */
export async function* asEvents(pieces: AsyncIterable<readonly string[] | Silence>): AsyncGenerator<string> {
  for await (const piece of pieces) yield 'kind' in piece ? ': keep-alive\n\n' : piece.map(eventOf).join('');
  yield 'event: end\ndata: \n\n';
}

/** In an event, a carriage return ends a line, so the steps of a progress bar become fields of one event. */
function eventOf(line: string): string {
  const fields = line.replace(/\r$/, '').split('\r');
  return `${fields.map((field) => `data: ${field}\n`).join('')}\n`;
}
