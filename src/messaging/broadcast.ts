import type { Logger } from 'pino';
import type { z } from 'zod';
import type { NatsLink } from '#agents/platform/transport/nats/link.js';
import { parseMessage } from '#agents/platform/transport/nats/message.js';
import { ServerMessages } from './server-messages.js';
import type { Clock } from '#domain/kernel/ports/clock.js';

/** Age of a sign in milliseconds when it is published. Unlike times, durations can be compared between servers with different clocks. */
export interface Aged {
  readonly age_ms: number;
}

/**
 * Shares telemetry of one kind between servers. No recorded fact depends on it, so messages may be lost, delayed or duplicated. A server does not
 * receive its own messages. A batch contains only the newest sign about each subject.
 */
export interface Broadcast<Sign> {
  send(of: string, sign: Sign): void;
  onReceived(listener: (told: readonly (Sign & Aged)[]) => void): () => void;
}

export interface OpenBroadcast<Sign> extends Broadcast<Sign> {
  close(): Promise<void>;
}

interface Batch<Sign> {
  readonly server: string;
  readonly seen: readonly Sign[];
}

export interface BroadcastHost {
  readonly link: NatsLink;
  /** Key that only servers of this log have. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly server: string;
  /** Interval between batches, in milliseconds. @default 100 */
  readonly everyMs?: number;
}

export interface BroadcastOptions<Sign> extends BroadcastHost {
  readonly subject: string;
  readonly schema: z.ZodType<Batch<Sign & Aged>>;
  readonly malformed: string;
}

/** Default interval between batches, in milliseconds. */
export const BATCH_MS = 100;
/** Maximum number of signs per message, which keeps messages below the size limit. */
const BATCH = 500;
/** Number of bytes reserved for the fields around the signs and for the seal. */
const ENVELOPE_BYTES = 1_024;

/** Broadcasts telemetry over NATS. Sends nothing if there is nothing new. */
export function broadcastOverNats<Sign extends object>(options: BroadcastOptions<Sign>): OpenBroadcast<Sign> {
  const { link, clock, logger, server, subject, schema, malformed, everyMs = BATCH_MS } = options;
  const closing = new AbortController();
  const listeners = new Set<(told: readonly (Sign & Aged)[]) => void>();
  const waiting = new Map<string, { readonly sign: Sign; readonly at: number }>();

  const messages = new ServerMessages(options);
  const subscription = messages.subscribe(subject, (message) => {
    try {
      const batch = parseMessage(message, schema, link.maxPayload());
      if (batch.server === server) return;
      for (const listener of listeners) listener(batch.seen);
    } catch (error) {
      logger.warn({ code: malformed, problem: error instanceof Error ? error.message : String(error) });
    }
  });

  function send(): void {
    const now = clock.monotonic();
    let seen: (Sign & Aged)[] = [];
    let size = 0;
    const publish = (): void => {
      if (seen.length > 0) messages.publish(subject, { server, seen } satisfies Batch<Sign & Aged>);
      seen = [];
      size = 0;
    };
    for (const { sign, at } of waiting.values()) {
      const one = { ...sign, age_ms: Math.max(0, Math.round(now - at)) };
      const bytes = JSON.stringify(one).length + 1;
      if (seen.length >= BATCH || size + bytes > link.maxPayload() - ENVELOPE_BYTES) publish();
      seen.push(one);
      size += bytes;
    }
    publish();
    waiting.clear();
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(everyMs, closing.signal);
      send();
    }
  }

  const running = run();
  return {
    send: (of, sign) => void waiting.set(of, { sign, at: clock.monotonic() }),
    onReceived(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      subscription.end();
      closing.abort();
      await running;
    },
  };
}
