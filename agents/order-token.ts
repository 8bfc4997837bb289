import { createHmac } from 'node:crypto';

const LABEL = 'muster: server to agent';

/**
 * Returns the bearer token that servers present to a node's agent. It is derived from the node's secret, so both ends know it, but it can neither act
 * as the node nor open another agent.
 */
export function orderToken(nodeSecret: string): string {
  return `musorder_${createHmac('sha256', nodeSecret).update(LABEL).digest('base64url')}`;
}
