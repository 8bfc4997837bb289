import { systemClock } from '#agents/platform/clock/system-clock.js';
import { MAX_INPUT_BYTES, type CommandOutput } from '#domain/protocol/index.js';
import { textOf } from './client.js';
import { Failure, Refusal } from './failure.js';
import { textLines } from './text-lines.js';

/** A piece of input is sent again after this long if it was not accepted, in milliseconds. */
const AGAIN_MS = 100;
/** How long a piece is sent again if the server or the agent cannot be reached, in milliseconds. As long as a server asks an agent again. */
const UNREACHABLE_FOR_MS = 20_000;
const UNREACHABLE_MS = 500;

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

type Post = (piece: InputPiece, signal: AbortSignal) => Promise<{ readonly accepted: boolean }>;

/** Sends pieces of input in order. A piece that is not accepted is sent again. Because pieces are numbered, none is written twice. */
export async function sendPieces(
  source: AsyncIterable<unknown>,
  post: Post,
  signal: AbortSignal,
): Promise<void> {
  let number = 0;
  const send = async (piece: { readonly data: string } | { readonly end: true }): Promise<void> => {
    while (!(await postAgain(post, { number, ...piece }, signal)).accepted)
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

async function postAgain(post: Post, piece: InputPiece, signal: AbortSignal): ReturnType<Post> {
  const deadline = systemClock.monotonic() + UNREACHABLE_FOR_MS;
  for (;;) {
    try {
      // A request adds listeners to its signal, so each has one of its own.
      return await post(piece, AbortSignal.any([signal]));
    } catch (error) {
      const mayPass = error instanceof Refusal ? error.isPassing : error instanceof Failure;
      if (!mayPass || signal.aborted || systemClock.monotonic() >= deadline) throw error;
      await systemClock.sleep(UNREACHABLE_MS, signal);
    }
  }
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
