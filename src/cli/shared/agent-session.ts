import { systemClock } from '#agents/platform/clock/system-clock.js';
import { MAX_INPUT_BYTES, type CommandOutput } from '#domain/protocol/index.js';
import { textOf } from './client.js';
import { textLines } from './text-lines.js';

/** A piece of input is sent again after this long if it was not accepted, in milliseconds. */
const AGAIN_MS = 100;

export interface InputPiece {
  number: number;
  data?: string;
  end?: boolean;
}

/** Yields what an agent sends while it runs something for a client. `onSession` is called with its id, before it has any output. */
export async function* outputOf(
  answer: Awaited<Parameters<typeof textOf>[0]>,
  onSession: (session: string) => void,
): AsyncGenerator<CommandOutput> {
  for await (const line of textLines(textOf(Promise.resolve(answer)))) {
    const parsed = JSON.parse(line) as CommandOutput | { readonly session: string };
    if ('session' in parsed) onSession(parsed.session);
    else yield parsed;
  }
}

/** Sends pieces of input in order. A piece that is not accepted is sent again. */
export async function sendPieces(
  source: AsyncIterable<unknown>,
  post: (piece: InputPiece, signal: AbortSignal) => Promise<{ readonly accepted: boolean }>,
  signal: AbortSignal,
): Promise<void> {
  let number = 0;
  const send = async (piece: { readonly data: string } | { readonly end: true }): Promise<void> => {
    // A request adds listeners to its signal, so each has one of its own.
    while (!(await post({ number, ...piece }, AbortSignal.any([signal]))).accepted)
      await systemClock.sleep(AGAIN_MS, signal);
    number += 1;
  };
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk as Uint8Array);
    for (let start = 0; start < bytes.length; start += MAX_INPUT_BYTES)
      await send({ data: bytes.subarray(start, start + MAX_INPUT_BYTES).toString('base64') });
  }
  await send({ end: true });
}

/** Joins small pieces, because each is sent with a request of its own. */
export async function* inPieces(source: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const each of source) {
    const bytes = each as Uint8Array;
    waiting.push(bytes);
    length += bytes.length;
    if (length < MAX_INPUT_BYTES) continue;
    yield Buffer.concat(waiting);
    [waiting, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(waiting);
}
