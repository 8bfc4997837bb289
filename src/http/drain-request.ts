import type { IncomingMessage } from 'node:http';
import type { Clock } from '#domain/kernel/ports/clock.js';

const TIMES = 16;
const DRAIN_TIMEOUT_MS = 2_000;

/**
 * Calls back once the rest of a request's body has been discarded. A client that is cut off while sending may lose the response, because its writes
 * fail first. A body that is far too large or stalled is not awaited.
 */
export function drainRequest(
  raw: IncomingMessage,
  taken: number,
  clock: Pick<Clock, 'sleep'>,
  then: () => void,
): void {
  if (
    raw.complete ||
    raw.readableEnded ||
    raw.destroyed ||
    Number(raw.headers['content-length']) > TIMES * taken
  ) {
    then();
    return;
  }
  const waiting = new AbortController();
  let left = TIMES * taken;
  const over = (): void => {
    if (waiting.signal.aborted) return;
    waiting.abort();
    then();
  };
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) over();
  });
  raw.once('end', over).once('close', over);
  raw.once('error', () => undefined);
  raw.resume();
  void clock.sleep(DRAIN_TIMEOUT_MS, waiting.signal).then(over);
}
