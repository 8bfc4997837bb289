/**
 * Protocol version that Muster's own agent sends with registrations and heartbeats. Basic agents do not send this header. Agents of version 1 expect a
 * Bearer token with orders over HTTP; those of version 2 expect a proof for each.
 */
export const AGENT_PROTOCOL_HEADER = 'x-muster-agent';
export const AGENT_PROTOCOL_VERSION = '2';
export const BEARER_PROTOCOL_VERSION = '1';
/**
 * The node's secret, in the response to a registration with the join token: within the sealed part, if the request proved the token. Once the secret
 * has been used, it is required.
 */
export const NODE_SECRET_HEADER = 'x-muster-node-secret';
/** In a heartbeat or order, the epoch that it applies to. In a response from the server, the current epoch. */
export const EPOCH_HEADER = 'x-muster-epoch';
/** A challenge of the servers, in a response. The next request of an agent answers it. It expires after a minute. */
export const CHALLENGE_HEADER = 'x-muster-challenge';
export const EPOCH_PATTERN = '^[1-9]\\d{0,14}$';
/** Digest of the node's desired allocations (see `agents/platform/digest.ts`). */
export const DIGEST_HEADER = 'x-muster-desired-digest';
/** Comma-separated `host:port` endpoints of Muster itself, which HTTP tasks may not call. */
export const SERVER_ENDPOINTS_HEADER = 'x-muster-own-parts';
/** In a response from the server, the id of its log: 32 hexadecimal digits of the digest of its first event. */
export const LOG_HEADER = 'x-muster-log';
export const LOG_ID = /^[0-9a-f]{32}$/;
export const POSITION_HEADER = 'x-muster-position';
/** Position that the response must include at least. A GET waits for it for up to 500 ms. */
export const MIN_POSITION_HEADER = 'x-muster-min-position';
export const STALE_HEADER = 'x-muster-stale';
