import type { Logger } from 'pino';
import type { NatsLink } from '#agents/transport/nats/link.js';
import { parseMessage } from '#agents/transport/nats/message.js';
import { SEEN_SUBJECT } from '#agents/transport/nats/subjects.js';
import type { Clock } from '#domain/ports/clock.js';
import type { NodeSeen, SeenBroadcast } from '#domain/ports/seen-broadcast.js';
import { seenBatch, type SeenBatch } from '#domain/protocol/index.js';

export interface NatsSeenOptions {
  readonly link: NatsLink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** This server, as no other: made anew when it starts. */
  readonly server: string;
  /** Milliseconds between two batches. Default 500. */
  readonly everyMs?: number;
}

/** Nodes in one message: it must fit. */
const BATCH = 500;
/** Resources of a node that travel. */
const MAX_RESOURCES = 64;

/** Last-seen times over NATS. Who has nothing to tell sends nothing. */
export function shareSeenOverNats({ link, clock, logger, server, everyMs = 500 }: NatsSeenOptions): SeenBroadcast {
  const closing = new AbortController();
  const listeners = new Set<(seen: readonly NodeSeen[]) => void>();
  const waiting = new Map<string, Omit<NodeSeen, 'ageMs'> & { readonly at: number }>();

  const subscription = link.subscribe(SEEN_SUBJECT, undefined, (message) => {
    try {
      const batch = parseMessage(message, seenBatch, link.maxPayload());
      if (batch.server === server) return;
      const seen = batch.seen.map(({ node_id, epoch, age_ms, resources, lists }) => ({ nodeId: node_id, epoch, ageMs: age_ms, resources, lists }));
      for (const listener of listeners) listener(seen);
    } catch (error) {
      logger.warn({ code: 'nats.seen.malformed', problem: error instanceof Error ? error.message : String(error) });
    }
  });

  function send(): void {
    const now = clock.monotonic();
    const seen = [...waiting.values()].map(({ nodeId, epoch, resources, lists, at }) => ({
      node_id: nodeId,
      epoch,
      age_ms: Math.max(0, Math.round(now - at)),
      resources: Object.fromEntries(Object.entries(resources).slice(0, MAX_RESOURCES)),
      lists,
    }));
    waiting.clear();
    for (let from = 0; from < seen.length; from += BATCH) {
      const batch: SeenBatch = { server, seen: seen.slice(from, from + BATCH) };
      link.publish(SEEN_SUBJECT, JSON.stringify(batch));
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(everyMs, closing.signal);
      send();
    }
  }

  const running = run();
  return {
    tell: (seen) => void waiting.set(seen.nodeId, { ...seen, at: clock.monotonic() }),
    onSeen(listener) {
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
