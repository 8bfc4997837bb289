import { createHmac } from 'node:crypto';

const LABEL = 'muster: server to agent';

/**
 * Returns the bearer token that servers present to a node's agent. It is derived from the node's secret, so both sides can compute it. It cannot be
 * used to act as the node or to access another agent.
 */
export function orderToken(nodeSecret: string): string {
  return `musorder_${createHmac('sha256', nodeSecret).update(LABEL).digest('base64url')}`;
}
