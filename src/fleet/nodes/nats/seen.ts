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
  /** Milliseconds between two batches. Default 100. */
  readonly everyMs?: number;
}

/** Nodes in one message: it must fit. */
const BATCH = 500;
/** Bytes around them. */
const ENVELOPE_BYTES = 1_024;
/** Resources of a node that travel. */
const MAX_RESOURCES = 64;
const CHECK_MS = 2_000;

type Waiting = Omit<NodeSeen, 'ageMs'> & { readonly at: number };

/** Last-seen times over NATS. Who has nothing to tell sends nothing. */
export function shareSeenOverNats({ link, clock, logger, server, everyMs = 100 }: NatsSeenOptions): SeenBroadcast {
  const closing = new AbortController();
  const listeners = new Set<(seen: readonly NodeSeen[]) => void>();
  const interrupted = new Set<() => void>();
  const waiting = new Map<string, Waiting>();

  const subscription = link.subscribe(SEEN_SUBJECT, undefined, (message) => {
    try {
      const batch = parseMessage(message, seenBatch, link.maxPayload());
      if (batch.server === server) return;
      const seen = batch.seen.map(({ node_id, age_ms, listed, said, ...rest }) => ({
        ...rest,
        nodeId: node_id,
        ageMs: age_ms,
        ...(listed === undefined ? {} : { listed }),
        ...(said === undefined ? {} : { said }),
      }));
      for (const listener of listeners) listener(seen);
    } catch (error) {
      logger.warn({ code: 'nats.seen.malformed', problem: error instanceof Error ? error.message : String(error) });
    }
  });

  const endInterruptions = link.onConnected(() => {
    if (link.status().reconnects > 0) for (const listener of interrupted) listener();
  });

  function send(): void {
    const now = clock.monotonic();
    let batch: SeenBatch['seen'] = [];
    let size = 0;
    const publish = (): void => {
      if (batch.length > 0) link.publish(SEEN_SUBJECT, JSON.stringify({ server, seen: batch } satisfies SeenBatch));
      batch = [];
      size = 0;
    };
    for (const sign of waiting.values()) {
      const one = signOf(sign, now);
      const bytes = JSON.stringify(one).length + 1;
      if (batch.length >= BATCH || size + bytes > link.maxPayload() - ENVELOPE_BYTES) publish();
      batch.push(one);
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
    tell: (seen) => void waiting.set(seen.nodeId, { ...seen, at: clock.monotonic() }),
    onSeen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get connected() {
      return link.status().connected;
    },
    async check() {
      // What others were told a moment ago they send with their next batch.
      await clock.sleep(2 * everyMs, closing.signal);
      return await link.flush(CHECK_MS);
    },
    onInterrupted(listener) {
      interrupted.add(listener);
      return () => void interrupted.delete(listener);
    },
    async close() {
      subscription.end();
      endInterruptions();
      closing.abort();
      await running;
    },
  };
}

function signOf({ nodeId, epoch, resources, lists, listed, said, at }: Waiting, now: number): SeenBatch['seen'][number] {
  return {
    node_id: nodeId,
    epoch,
    age_ms: Math.max(0, Math.round(now - at)),
    resources: Object.fromEntries(Object.entries(resources).slice(0, MAX_RESOURCES)),
    lists,
    ...(listed === undefined ? {} : { listed: [...listed] }),
    ...(said === undefined ? {} : { said }),
  };
}
