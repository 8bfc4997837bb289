/** Sent by our agent with its registration and heartbeats: the version of the protocol that it speaks. Absent: a basic agent. */
export const AGENT_PROTOCOL_HEADER = 'x-muster-agent';
export const AGENT_PROTOCOL_VERSION = '1';
/** In the answer to a registration with the join token: the secret that the node may use from now on, and once it has, must. */
export const NODE_SECRET_HEADER = 'x-muster-node-secret';
/** The node's epoch. In a heartbeat and an order: the one that the sender means. In an answer of the server: the one that holds. */
export const EPOCH_HEADER = 'x-muster-epoch';
/** As documents state it. */
export const EPOCH_PATTERN = '^[1-9]\\d{0,14}$';
/** Digest of the set of allocations that the node should run (see `agents/digest.ts`). */
export const DIGEST_HEADER = 'x-muster-desired-digest';
/** In the answer to a registration of our agent: where parts of Muster listen, `host:port` by commas. No task's call reaches them. */
export const SERVER_ENDPOINTS_HEADER = 'x-muster-own-parts';
/** Position of the newest event of a command's answer; decimal. */
export const POSITION_HEADER = 'x-muster-position';
/** A GET waits for this position, at most 500 ms. */
export const MIN_POSITION_HEADER = 'x-muster-min-position';
/** `true` on a GET that answers from an older state than asked for, or from a parked document. */
export const STALE_HEADER = 'x-muster-stale';
