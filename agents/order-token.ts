import { createHmac } from 'node:crypto';

const LABEL = 'muster: server to agent';

/**
 * What a server shows to a node's agent as Bearer: made of the node's secret, so that both know it, and so that who is shown it can
 * neither speak for the node nor open another agent.
 */
export function orderToken(nodeSecret: string): string {
  return `musorder_${createHmac('sha256', nodeSecret).update(LABEL).digest('base64url')}`;
}
