import type { IncomingMessage } from 'node:http';
import type { Clock } from '#domain/ports/clock.js';

/** How many times as much as is taken may still come, and for how long, before the connection is ended all the same. */
const TIMES = 16;
const PATIENCE_MS = 2_000;

/**
 * Calls back when the rest of a request's body has gone by unread. Who is cut off while he still sends may never see the answer: his own writes fail first, and what
 * had come for him is lost with the connection. A body that is far too large, or does not come, is not waited for.
 */
export function drainRequest(raw: IncomingMessage, taken: number, clock: Pick<Clock, 'sleep'>, then: () => void): void {
  if (raw.complete || raw.readableEnded || raw.destroyed || Number(raw.headers['content-length']) > TIMES * taken) {
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
  // Then it closes too.
  raw.once('error', () => undefined);
  raw.resume();
  void clock.sleep(PATIENCE_MS, waiting.signal).then(over);
}
