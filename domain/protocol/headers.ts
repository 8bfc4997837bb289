/** Protocol version that our agent sends with registrations and heartbeats. Absent: a basic agent. */
export const AGENT_PROTOCOL_HEADER = 'x-muster-agent';
export const AGENT_PROTOCOL_VERSION = '1';
/** In the response to a registration with the join token: the node's secret. Once it has been used, it is required. */
export const NODE_SECRET_HEADER = 'x-muster-node-secret';
/** In a heartbeat or order: the epoch that the sender means. In a response of the server: the current epoch. */
export const EPOCH_HEADER = 'x-muster-epoch';
export const EPOCH_PATTERN = '^[1-9]\\d{0,14}$';
/** Digest of the node's wanted allocations (see `agents/digest.ts`). */
export const DIGEST_HEADER = 'x-muster-desired-digest';
/**
 * In the response to a registration of our agent: endpoints of Muster as `host:port`, separated by commas. HTTP tasks
 * may not call them.
 */
export const SERVER_ENDPOINTS_HEADER = 'x-muster-own-parts';
/**
 * In a registration: answer with those endpoints only, and register nothing yet. An agent has to know them before anything is placed on its node. A
 * server that does not know this header registers the node.
 */
export const ASK_ENDPOINTS_HEADER = 'x-muster-ask-own-parts';
/** Position of the newest event of a command, decimal. */
export const POSITION_HEADER = 'x-muster-position';
/** A GET waits up to 500 ms for this position. */
export const MIN_POSITION_HEADER = 'x-muster-min-position';
/** `true` when a GET returned an older state than requested, or a parked document. */
export const STALE_HEADER = 'x-muster-stale';
