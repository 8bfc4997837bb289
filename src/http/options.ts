import type { LocalAccess } from '#agents/platform/listener/index.js';

export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly vital?: boolean;
  readonly detail?: string;
  readonly since?: string;
}

/** Where a server listens, and whose requests it trusts. */
export interface HttpSettings {
  readonly host: string;
  readonly joinToken: string | undefined;
  readonly allowedHosts?: readonly string[];
  readonly trustedProxies?: readonly string[];
  readonly proxyUsers?: readonly string[];
  readonly localAccess?: LocalAccess;
  readonly serverUrl?: string | undefined;
  readonly agentUrl?: string | undefined;
}

export interface ApiLimits {
  readonly bodyBytes: number;
  readonly jsonDepth: number;
  /** How long, in milliseconds, a GET waits for its position, and a command for its projection if read models are shared. */
  readonly waitMs: number;
  /** Above this number of unprojected commands, commands no longer wait for their projection. */
  readonly lag: number;
  readonly followers: number;
  readonly followersPerAccount: number;
  readonly keepAliveMs: number;
  readonly connections: number;
}

export const DEFAULT_LIMITS: ApiLimits = {
  bodyBytes: 512 * 1024,
  jsonDepth: 32,
  waitMs: 500,
  lag: 2000,
  followers: 256,
  followersPerAccount: 32,
  keepAliveMs: 15_000,
  connections: 16_384,
};
