import type { EventStore } from '#domain/ports/event-store.js';
import type { SeenBroadcast } from '#domain/ports/seen-broadcast.js';
import type { LivePlacements } from './live-placements.js';
import type { NodeTelemetryBook } from './telemetry.js';

/** Whether this server would have heard of a node, had any server heard of it. */
export interface Hearing {
  /**
   * True when all that other servers have heard of nodes until now, and could tell, is known here. False, never an error, where
   * that cannot be said: nobody's silence proves anything then.
   */
  check(): Promise<boolean>;
  /** Called whenever something of it may have been missed. Answers the way to end it. */
  onInterrupted(listener: () => void): () => void;
}

/** Milliseconds that a judgement waits for this server's own fold. */
const FOLD_PATIENCE = 2000;

/**
 * Hearing by what servers tell each other, and by the log: what a server cannot tell the others, because it is cut off or there is no
 * broadcast at all, it writes into the log.
 */
export function sharedHearing(store: EventStore, placements: LivePlacements, broadcast: SeenBroadcast | undefined): Hearing {
  return {
    async check() {
      try {
        if (broadcast !== undefined && !(await broadcast.check())) return false;
        const head = await store.head();
        return head === undefined || (await placements.waitFor(head, FOLD_PATIENCE));
      } catch {
        return false;
      }
    },
    onInterrupted: (listener) => broadcast?.onInterrupted(listener) ?? (() => undefined),
  };
}

/** Tells the others what this server hears of nodes, and keeps what they tell. Answers the way to end it. */
export function shareTelemetry(telemetry: NodeTelemetryBook, placements: LivePlacements, broadcast: SeenBroadcast): () => void {
  const ends = [
    telemetry.onHeard((nodeId, { resources, lists, said }, { here }) => {
      if (!here) return;
      const node = placements.state.nodes.get(nodeId);
      // A list that comes late would say that what was ordered meanwhile is missing: elsewhere a third-party agent is asked instead.
      broadcast.tell({
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
