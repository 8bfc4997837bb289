import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { OutputPart } from '../../checks/reach.js';
import { systemClock } from '../../platform/clock/system-clock.js';

/** What has left the program's process group may hold its output open. It is read until nothing has come for this long, in milliseconds. */
const REST_MS = 1_000;

/**
 * Yields what a program writes to both streams, as it comes. Reads on demand, so that a program whose output is not read blocks. Ends with the
 * streams, or soon after `exited` aborts.
 */
export function mergedOutput(
  streams: Readonly<Record<OutputPart['stream'], Readable>>,
  exited: AbortSignal,
): AsyncGenerator<OutputPart> {
  // Without a listener, Node discards what has not been read when the program exits.
  for (const stream of Object.values(streams)) stream.on('readable', () => undefined);
  return parts(new Map(Object.entries(streams) as [OutputPart['stream'], Readable][]), exited);
}

async function* parts(
  open: Map<OutputPart['stream'], Readable>,
  exited: AbortSignal,
): AsyncGenerator<OutputPart> {
  while (open.size > 0) {
    const found: OutputPart[] = [];
    for (const [stream, readable] of open) {
      const bytes = readable.read() as Uint8Array | null;
      if (bytes !== null) found.push({ stream, bytes });
      else if (readable.readableEnded || readable.destroyed) open.delete(stream);
    }
    yield* found;
    if (found.length > 0 || open.size === 0) continue;
    if ((await nextChange([...open.values()], exited)) === 'silence') return;
  }
}

/** Resolves when a stream has data or has ended, or when the program exits. If it has exited, also after a while without any of these. */
async function nextChange(streams: readonly Readable[], exited: AbortSignal): Promise<unknown> {
  const over = new AbortController();
  const { signal } = over;
  const changes = streams.flatMap((each) =>
    ['readable', 'end', 'close'].map((name) => once(each, name, { signal })),
  );
  const end = exited.aborted
    ? systemClock.sleep(REST_MS, signal).then(() => 'silence')
    : once(exited, 'abort', { signal });
  // The streams' own errors end their output: `close` follows.
  const result = await Promise.race([...changes, end].map((each) => each.catch(() => undefined)));
  over.abort();
  return result;
}
