import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { checkAddress } from './endpoint.js';

export interface GuardedPoolOptions {
  /** Milliseconds until a connection that has not come is given up. */
  readonly requestTimeoutMs: number;
  /** Connections to one agent. Default 16. */
  readonly connections?: number;
}

/** Resolves a name and refuses what must not be reached, so that no name leads where no literal may. */
const guardedLookup: LookupFunction = (host, options, callback) => {
  systemLookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    for (const { address } of addresses) {
      const problem = checkAddress(address);
      if (problem !== undefined) return callback(Object.assign(new Error(problem), { code: 'EADDRNOTALLOWED' }), []);
    }
    const first = addresses[0];
    if (options.all === true || first === undefined) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};

/** Connections to one agent for its logs: more than one server lets be followed at once. */
const LOG_CONNECTIONS = 512;

/** Pools of connections to agents by what they are for: however many wait in one, the others go on. */
export interface GuardedPools {
  /** What starts and ends work. */
  readonly orders: Agent;
  /** What is asked about work and nodes. */
  readonly reads: Agent;
  /** Logs: a followed one keeps its connection for as long as it likes. */
  readonly logs: Agent;
}

export function openGuardedPools(options: GuardedPoolOptions): GuardedPools {
  const logs = openGuardedPool({ ...options, connections: LOG_CONNECTIONS });
  return { orders: openGuardedPool(options), reads: openGuardedPool(options), logs };
}

/** Connections to agents, that lead to no address which must not be reached. */
export function openGuardedPool({ requestTimeoutMs, connections = 16 }: GuardedPoolOptions): Agent {
  return new Agent({
    connections,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    connect: { lookup: guardedLookup, timeout: requestTimeoutMs },
    // Every request has its own deadline; a followed log may be silent for hours.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
