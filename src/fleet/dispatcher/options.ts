import type { Logger } from 'pino';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { DeliveredOrders, JobVersions, LivePlacements, LastSeen } from '#src/fleet/nodes/index.js';

export interface DispatcherOptions {
  readonly executor: CommandExecutor;
  readonly clock: Clock;
  readonly channel: AgentChannel;
  readonly placements: LivePlacements;
  readonly telemetry: LastSeen;
  readonly jobs: JobVersions;
  /** Reports the desired lists that agents fetch from this server. If undefined, all orders are sent. */
  readonly lists?: DeliveredOrders;
  readonly logger: Logger;
  readonly mayCall?: () => boolean;
  /** Request timeout of the channel, in milliseconds. After this time and one more heartbeat, an order can no longer arrive. */
  readonly requestTimeoutMs: number;
  readonly calls?: number;
  readonly suspectCalls?: number;
  /** Delays before a failed call is repeated, in milliseconds. @default 200, doubled up to 30,000 */
  readonly retry?: Delays;
  /** Delays between polls of an agent that does not report on its own, in milliseconds. @default 250, up to 5,000 */
  readonly poll?: Delays;
}

/** Minimum time between missed reports, in milliseconds, so that a heartbeat that is delivered twice is counted only once. */
export const MISSED_REPORT_INTERVAL_MS = 1000;

export interface Delays {
  readonly first: number;
  readonly most: number;
}

export const RETRY: Delays = { first: 200, most: 30_000 };
export const POLL: Delays = { first: 250, most: 5_000 };

export interface DispatcherMetrics {
  orders: number;
  accepted: number;
  rejected: number;
  unknown: number;
  asked: number;
  stops: number;
  stopped: number;
  lost: number;
  strays: number;
  unrecorded: number;
}
