import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { PresenceBroadcast } from '#domain/kernel/ports/presence-broadcast.js';
import type { LivePlacements } from './live-placements.js';
import type { LastSeen } from './last-seen.js';

export interface HeartbeatGossip {
  /**
   * Resolves to true once all heartbeats that other servers received have arrived here. Resolves to false, and never rejects, if that is uncertain.
   * The absence of a heartbeat then proves nothing.
   */
  check(): Promise<boolean>;
  onInterrupted(listener: () => void): () => void;
}

/** How long a check waits for this server to fold the log, in milliseconds. */
const FOLD_TIMEOUT_MS = 2000;

/**
 * Checks by broadcast and by the log whether other servers' heartbeats have arrived. A server that cannot broadcast appends heartbeats to the log.
 */
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

/** Broadcasts the heartbeats that this server receives, and records those that other servers broadcast. Returns a function that stops both. */
export function shareLastSeen(
  telemetry: LastSeen,
  placements: LivePlacements,
  broadcast: PresenceBroadcast,
): () => void {
  const ends = [
    telemetry.onHeard((nodeId, { resources, lists, said }, { here }) => {
      if (!here) return;
      const node = placements.state.nodes.get(nodeId);
      // A list that arrives late would appear to lack newer orders, so the allocations of third-party agents are queried instead.
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
