import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { PresenceBroadcast } from '#domain/kernel/ports/presence-broadcast.js';
import type { LivePlacements } from './live-placements.js';
import type { LastSeen } from './last-seen.js';

/** Whether this server would know of any heartbeat that reached any server. */
export interface HeartbeatGossip {
  /**
   * Resolves to true when all heartbeats known to other servers have arrived here. Resolves to false, and never rejects, if that is uncertain: then
   * silence proves nothing.
   */
  check(): Promise<boolean>;
  /** Called when something may have been missed. Returns a function that ends the subscription. */
  onInterrupted(listener: () => void): () => void;
}

/** Milliseconds that a check waits for this server's own fold. */
const FOLD_TIMEOUT_MS = 2000;

/** Shares heartbeats by broadcast and by the log: what a server cannot broadcast, because it is cut off or there is no broadcast, it appends to the log. */
export function createHeartbeatGossip(
  store: EventStore,
  placements: LivePlacements,
  broadcast: PresenceBroadcast | undefined,
): HeartbeatGossip {
  return {
    async check() {
      try {
        if (broadcast !== undefined && !(await broadcast.check())) return false;
        const head = await store.head();
        return head === undefined || (await placements.waitFor(head, FOLD_TIMEOUT_MS));
      } catch {
        return false;
      }
    },
    onInterrupted: (listener) => broadcast?.onInterrupted(listener) ?? (() => undefined),
  };
}

/** Broadcasts the heartbeats that this server receives, and stores those of others. Returns a function that ends it. */
export function shareLastSeen(
  telemetry: LastSeen,
  placements: LivePlacements,
  broadcast: PresenceBroadcast,
): () => void {
  const ends = [
    telemetry.onHeard((nodeId, { resources, lists, said }, { here }) => {
      if (!here) return;
      const node = placements.state.nodes.get(nodeId);
      // A list that arrives late would seem to miss newer orders, so for third-party agents the allocations are queried instead.
      broadcast.publish({
        nodeId,
        epoch: node?.epoch ?? 0,
        resources,
        lists: lists === true && node?.protocol === 'muster',
        ...(said === undefined ? {} : { said }),
      });
    }),
    broadcast.onSeen((all) => {
      for (const seen of all) telemetry.seenElsewhere(seen);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
