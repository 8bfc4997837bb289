/** A node that is not down, and the milliseconds since its last heartbeat. */
export interface Listened {
  readonly nodeId: string;
  readonly silence: number;
  /** Milliseconds between its last two heartbeats, if there were two. */
  readonly gap: number | undefined;
  readonly hasRun: boolean;
}

export interface Judgement {
  readonly down: readonly string[];
  /** Nodes that exceeded the timeout but are not marked down, because too many others are silent too. */
  readonly held: readonly string[];
}

/** If more than this share of the nodes is silent, the cause is rather this server or the network. */
export const HOLD_SHARE = 0.2;
/** Minimum number of silent nodes to hold back, because in a small cluster one node is more than a fifth. */
export const HOLD_MINIMUM = 5;

/**
 * Decides which nodes are down. When nodes fail at once, their timeouts expire at different times, since each had its last heartbeat at another time.
 * So overdue nodes count together with expired ones, and with those that were just marked down (`justDown`). Nodes that never ran anything neither
 * count nor are held back: a few forged ones could otherwise keep every dead node alive, and nothing is lost with them.
 */
export function judge(nodes: readonly Listened[], timeoutMs: number, justDown: number): Judgement {
  const silent = nodes.filter(({ silence }) => silence > timeoutMs);
  if (silent.length === 0) return { down: [], held: [] };
  const counted = nodes.filter(({ hasRun }) => hasRun);
  const failing = counted.filter((node) => isOverdue(node, timeoutMs)).length + justDown;
  const tooMany = failing >= HOLD_MINIMUM && failing > HOLD_SHARE * (counted.length + justDown);
  const isHeld = ({ hasRun }: Listened): boolean => tooMany && hasRun;
  return { down: named(silent.filter((node) => !isHeld(node))), held: named(silent.filter(isHeld)) };
}

function named(nodes: readonly Listened[]): string[] {
  return nodes.map(({ nodeId }) => nodeId);
}

/** Whether a heartbeat is overdue by the node's usual interval, or at the latest by the timeout. */
function isOverdue({ silence, gap }: Listened, timeoutMs: number): boolean {
  return silence > Math.min(timeoutMs, Math.max(timeoutMs / 2, 1.5 * (gap ?? 0)));
}
