import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { TrustedPeers } from '../listener/trusted-peers.js';
import { checkedConnector } from './checked-connector.js';
import { checkAddress } from './endpoint.js';

export interface GuardedPoolOptions {
  readonly requestTimeoutMs: number;
  readonly connections?: number;
  /** Whose agents on this machine receive orders. */
  readonly peers?: TrustedPeers;
}

/** Resolves a name and rejects forbidden addresses, so that a name cannot bypass the check of literal addresses. */
const guardedLookup: LookupFunction = (host, options, callback) => {
  systemLookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    for (const { address } of addresses) {
      const problem = checkAddress(address);
      if (problem !== undefined)
        return callback(Object.assign(new Error(problem), { code: 'EADDRNOTALLOWED' }), []);
    }
    const first = addresses[0];
    if (options.all === true || first === undefined) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};

const LOG_CONNECTIONS = 512;
/** More than the commands of a node have in progress: each waits for output, and for room for one piece of input. */
const COMMAND_CONNECTIONS = 256;

/** Connection pools separated by purpose, so that a busy pool does not block the others. */
export interface GuardedPools {
  readonly orders: Agent;
  readonly reads: Agent;
  readonly logs: Agent;
  readonly commands: Agent;
}

export function openGuardedPools(options: GuardedPoolOptions): GuardedPools {
  const logs = openGuardedPool({ ...options, connections: LOG_CONNECTIONS });
  const commands = openGuardedPool({ ...options, connections: COMMAND_CONNECTIONS });
  return { orders: openGuardedPool(options), reads: openGuardedPool(options), logs, commands };
}

/** Returns a pool that never connects to a host name that resolves to a forbidden address. */
export function openGuardedPool({
  requestTimeoutMs,
  connections = 16,
  peers = new TrustedPeers(),
}: GuardedPoolOptions): Agent {
  return new Agent({
    connections,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    connect: checkedConnector(peers, { lookup: guardedLookup, timeout: requestTimeoutMs }),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
