import type { Clock } from '#domain/kernel/ports/clock.js';

export interface Silence {
  readonly kind: 'silence';
}

/** Passes chunks through, and yields a `Silence` after every `ms` milliseconds without a chunk. */
export async function* keepAlive<Piece>(
  pieces: AsyncIterable<Piece>,
  clock: Pick<Clock, 'sleep'>,
  ms: number,
  signal: AbortSignal,
): AsyncGenerator<Piece | Silence> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    while (!signal.aborted) {
      const waiting = new AbortController();
      const result = await Promise.race([next, clock.sleep(ms, waiting.signal).then(() => undefined)]);
      waiting.abort();
      if (result === undefined) {
        yield { kind: 'silence' };
        continue;
      }
      if (result.done === true) return;
      yield result.value;
      next = iterator.next();
    }
  } finally {
    await iterator.return?.();
  }
}
