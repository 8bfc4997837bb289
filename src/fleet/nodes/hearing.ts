import { isNatsEndpoint } from '#agents/platform/transport/nats/subjects.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { PresenceBroadcast } from '#domain/kernel/ports/presence-broadcast.js';
import type { LivePlacements } from './live-placements.js';
import type { LastSeen } from './last-seen.js';

/** Whether this server hears all heartbeats, its own and those that other servers receive. */
export interface Hearing {
  /** Whether heartbeats of this node can be missed while `check` resolves to false. */
  concerns(nodeId: string): boolean;
  /**
   * Resolves to true if this server can hear these nodes, and all heartbeats that other servers received have arrived here. Resolves to false, and never
   * rejects, if that is uncertain. The absence of a heartbeat then proves nothing.
   */
  check(): Promise<boolean>;
  onInterrupted(listener: () => void): () => void;
}

/** How long a check waits for this server to fold the log, in milliseconds. */
const FOLD_TIMEOUT_MS = 2000;

/**
 * Checks by broadcast and by the log whether other servers' heartbeats have arrived. A server that cannot broadcast appends heartbeats to the log.
 */
export function createHearing(
  store: EventStore,
  placements: LivePlacements,
  broadcast: PresenceBroadcast | undefined,
): Hearing {
  return {
    concerns: () => true,
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

/** The hearing of a server that has the log for itself: only NATS is between it and the agents that registered over NATS. */
export function createHearingOverNats(placements: LivePlacements, broadcast: PresenceBroadcast): Hearing {
  return {
    concerns: (nodeId) => isNatsEndpoint(placements.state.nodes.get(nodeId)?.endpoint ?? ''),
    check: async () => await broadcast.check().catch(() => false),
    onInterrupted: (listener) => broadcast.onInterrupted(listener),
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
