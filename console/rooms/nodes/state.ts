import type { NodeRow } from '../../api/types.js';

/** Returns the state of a node in one word. A state that prevents placements takes precedence. */
export function stateOf({
  status,
  draining,
  eligible,
}: Pick<NodeRow, 'status' | 'draining' | 'eligible'>): string {
  if (status !== 'ready') return status;
  if (draining) return 'draining';
  return eligible ? 'ready' : 'ineligible';
}
