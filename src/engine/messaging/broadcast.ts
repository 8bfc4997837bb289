import type { Logger } from 'pino';
import type { z } from 'zod';
import type { NatsLink } from '#agents/transport/nats/link.js';
import { parseMessage } from '#agents/transport/nats/message.js';
import type { Clock } from '#domain/ports/clock.js';

/** Milliseconds since it was heard, when this was told. Durations travel between clocks, moments do not. */
export interface Aged {
  readonly age_ms: number;
}

/**
 * Telemetry of one kind, shared between servers: what is lost, late or doubled spoils no fact. A server is not told what it told itself.
 * Of what is said of one thing within a batch the newest is told.
 */
export interface Broadcast<Sign> {
  /** Told with the next batch. `of`: what it is said of. */
  tell(of: string, sign: Sign): void;
  /** Called with what other servers heard. Answers the way to end it. */
  onTold(listener: (told: readonly (Sign & Aged)[]) => void): () => void;
}

export interface OpenBroadcast<Sign> extends Broadcast<Sign> {
  close(): Promise<void>;
}

interface Batch<Sign> {
  /** The server that tells. */
  readonly server: string;
  readonly seen: readonly Sign[];
}

/** Who tells, and how. */
export interface BroadcastHost {
  readonly link: NatsLink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** This server, as no other: made anew when it starts. */
  readonly server: string;
  /** Milliseconds between two batches. Default 100. */
  readonly everyMs?: number;
}

export interface BroadcastOptions<Sign> extends BroadcastHost {
  readonly subject: string;
  /** What a message must be. */
  readonly schema: z.ZodType<Batch<Sign & Aged>>;
  /** Logged with one that is malformed. */
  readonly malformed: string;
}

/** Milliseconds between two batches, where nothing is said. */
export const BATCH_MS = 100;
/** Signs in one message: it must fit. */
const BATCH = 500;
/** Bytes around them. */
const ENVELOPE_BYTES = 1_024;

/** Telemetry over NATS. Who has nothing to tell sends nothing. */
export function broadcastOverNats<Sign extends object>(options: BroadcastOptions<Sign>): OpenBroadcast<Sign> {
  const { link, clock, logger, server, subject, schema, malformed, everyMs = BATCH_MS } = options;
  const closing = new AbortController();
  const listeners = new Set<(told: readonly (Sign & Aged)[]) => void>();
  const waiting = new Map<string, { readonly sign: Sign; readonly at: number }>();

  const subscription = link.subscribe(subject, undefined, (message) => {
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
      if (seen.length > 0) link.publish(subject, JSON.stringify({ server, seen } satisfies Batch<Sign & Aged>));
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
    tell: (of, sign) => void waiting.set(of, { sign, at: clock.monotonic() }),
    onTold(listener) {
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
