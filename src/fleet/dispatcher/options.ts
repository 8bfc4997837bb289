import type { Logger } from 'pino';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import type { DeliveredOrders, JobVersions, LivePlacements, LastSeen } from '#src/fleet/nodes/index.js';

export interface DispatcherOptions {
  readonly executor: CommandExecutor;
  readonly clock: Clock;
  readonly channel: AgentChannel;
  readonly placements: LivePlacements;
  readonly telemetry: LastSeen;
  readonly jobs: JobVersions;
  /** Lists that agents fetch from this server; without it, all orders are sent. */
  readonly lists?: DeliveredOrders;
  readonly logger: Logger;
  /** Whether this server's dispatcher still holds the lease; checked before each call. Undefined if no other server can dispatch. */
  readonly mayCall?: () => boolean;
  /** Request timeout of the channel: after this long and one more heartbeat, an order cannot arrive any more. */
  readonly requestTimeoutMs: number;
  /** Maximum number of concurrent orders and questions to responsive agents, and of concurrent stops. @default 256 */
  readonly calls?: number;
  /** The same for agents that did not respond to the last call. @default 64 */
  readonly suspectCalls?: number;
  /** Delays in milliseconds before a failed call is repeated. @default 200, doubled up to 30,000 */
  readonly retry?: Delays;
  /** Delays in milliseconds between questions to an agent that does not report by itself. @default 250, up to 5,000 */
  readonly poll?: Delays;
}

/** Minimum milliseconds between two missed reports: a heartbeat that is delivered twice counts once. */
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
  /** Calls without a conclusive response. */
  unknown: number;
  asked: number;
  stops: number;
  stopped: number;
  lost: number;
  strays: number;
  /** Results that could not be recorded, and will be determined again. */
  unrecorded: number;
}
