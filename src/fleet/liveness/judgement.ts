/** One node that is not down, and how long nothing was heard of it. Milliseconds. */
export interface Listened {
  readonly nodeId: string;
  readonly silence: number;
  /** Between its last two heartbeats, where two were heard. */
  readonly gap: number | undefined;
  /** Something was started on it. */
  readonly hasRun: boolean;
}

export interface Judgement {
  /** Silent for longer than the timeout, and to be marked down. */
  readonly down: readonly string[];
  /** Silent for longer than the timeout, and not marked down because too many others are silent too. */
  readonly held: readonly string[];
}

/** More than this share of the nodes at once is no death of nodes: it is the server, or the network, that went deaf. */
export const HOLD_SHARE = 0.2;
/** Fewer than so many are never too many: in a small cluster one node is more than a fifth. */
export const HOLD_MINIMUM = 5;

/**
 * Who is down. Nodes that fall silent at once are overdue at different moments, for each had its last heartbeat at another one. So a
 * node that is overdue counts together with those whose time is up, and with those marked down just before (`justDown`). Nodes that never
 * ran anything hold nobody and are not held: else a few forged ones would keep every dead node alive. Nothing is lost with them.
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

/** It should have been heard by now, going by its own habit; at the latest after the timeout. */
function isOverdue({ silence, gap }: Listened, timeoutMs: number): boolean {
  return silence > Math.min(timeoutMs, Math.max(timeoutMs / 2, 1.5 * (gap ?? 0)));
}
