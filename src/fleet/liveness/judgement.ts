export interface Listened {
  readonly nodeId: string;
  readonly silence: number;
  /** Time between the last two heartbeats, in milliseconds. Undefined if there have not been two. */
  readonly gap: number | undefined;
  readonly hasRun: boolean;
}

export interface Judgement {
  readonly down: readonly string[];
  /** Nodes that exceeded the timeout but are not marked down, because too many others are silent too. */
  readonly held: readonly string[];
}

/** If more than this share of the nodes is silent, this server or the network is the more likely cause. */
export const HOLD_SHARE = 0.2;
/** With fewer silent nodes, none is held back, because in a small cluster a single node may be more than a fifth. */
export const HOLD_MINIMUM = 5;

/**
 * Decides which nodes are down. Nodes that fail at the same time expire at different times, because their last heartbeats arrived at different times.
 * So overdue nodes are counted together with expired ones and with those that were just marked down (`justDown`). Nodes that never ran anything are
 * neither counted nor held back: otherwise a few forged nodes could keep every dead node up, and nothing is lost by marking them down.
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

function isOverdue({ silence, gap }: Listened, timeoutMs: number): boolean {
  return silence > Math.min(timeoutMs, Math.max(timeoutMs / 2, 1.5 * (gap ?? 0)));
}
