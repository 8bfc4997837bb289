import { SEEN_SUBJECT } from '#agents/platform/transport/nats/subjects.js';
import type { NodeSeen, PresenceBroadcast } from '#domain/kernel/ports/presence-broadcast.js';
import { seenBatch, type SeenBatch } from '#domain/protocol/index.js';
import { BATCH_MS, broadcastOverNats, type Aged, type BroadcastHost } from '#src/messaging/index.js';

type Sign = Omit<SeenBatch['seen'][number], keyof Aged>;

const MAX_RESOURCES = 64;
const CHECK_MS = 2_000;

export function shareSeenOverNats({ everyMs = BATCH_MS, ...options }: BroadcastHost): PresenceBroadcast {
  const { link, clock } = options;
  const closing = new AbortController();
  const interrupted = new Set<() => void>();
  const broadcast = broadcastOverNats<Sign>({
    ...options,
    everyMs,
    subject: SEEN_SUBJECT,
    schema: seenBatch,
    malformed: 'nats.seen.malformed',
  });
  const endInterruptions = link.onConnected(() => {
    if (link.status().reconnects > 0) for (const listener of interrupted) listener();
  });

  return {
    publish: (seen) => broadcast.send(seen.nodeId, signOf(seen)),
    onSeen: (listener) => broadcast.onReceived((told) => listener(told.map(seenOf))),
    get connected() {
      return link.status().connected;
    },
    async check() {
      // Heartbeats that other servers have just received arrive with their next batch.
      await clock.sleep(2 * everyMs, closing.signal);
      return await link.flush(CHECK_MS);
    },
    onInterrupted(listener) {
      interrupted.add(listener);
      return () => void interrupted.delete(listener);
    },
    async close() {
      endInterruptions();
      closing.abort();
      await broadcast.close();
    },
  };
}

function signOf({ nodeId, epoch, resources, lists, listed, said }: Omit<NodeSeen, 'ageMs'>): Sign {
  return {
    node_id: nodeId,
    epoch,
    resources: Object.fromEntries(Object.entries(resources).slice(0, MAX_RESOURCES)),
    lists,
    ...(listed === undefined ? {} : { listed: [...listed] }),
    ...(said === undefined ? {} : { said }),
  };
}

function seenOf({ node_id, age_ms, listed, said, ...rest }: Sign & Aged): NodeSeen {
  return {
    ...rest,
    nodeId: node_id,
    ageMs: age_ms,
    ...(listed === undefined ? {} : { listed }),
    ...(said === undefined ? {} : { said }),
  };
}
