import type { SubscribeOptions, SubscriptionMessage } from '#domain/kernel/ports/event-store.js';
import type { LogSource } from './log-source.js';
import { PageSize } from './pages.js';

export function follow(source: LogSource, options: SubscribeOptions): AsyncIterable<SubscriptionMessage> {
  const { after, filter, signal } = options;
  const start = after === 'end' ? source.newest() : Number(after ?? 0n);
  const stopped = (): boolean => signal?.aborted === true;
  return messages();

  async function* messages(): AsyncGenerator<SubscriptionMessage, void, undefined> {
    const size = new PageSize();
    let at = start;
    let live = false;
    while (!stopped()) {
      const { events, through, more } = source.scanForwards(at, filter, size.events);
      size.saw(events);
      if (events.length > 0) yield { kind: 'events', events, more };
      const delivered = Number(events.at(-1)?.position ?? at);
      if (through > delivered && !stopped()) yield { kind: 'checkpoint', position: BigInt(through) };
      at = through;
      if (more) {
        live = false;
        await source.breathe();
        continue;
      }
      if (!live && !stopped()) {
        live = true;
        yield { kind: 'caughtUp' };
      }
      if (!(await source.grown(at, signal))) return;
    }
  }
}
