import type { Logger } from 'pino';
import type { AgentChannel } from '#domain/ports/agent-channel.js';
import type { Clock } from '#domain/ports/clock.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import type { GivenLists, JobVersions, LivePlacements, NodeTelemetryBook } from '#src/fleet/nodes/index.js';

export interface DispatcherOptions {
  readonly executor: CommandExecutor;
  readonly clock: Clock;
  readonly channel: AgentChannel;
  readonly placements: LivePlacements;
  readonly telemetry: NodeTelemetryBook;
  readonly jobs: JobVersions;
  /** What agents fetch from this server; absent: they are sent all of it. */
  readonly lists?: GivenLists;
  readonly logger: Logger;
  /** Asked before each call, where only one server's dispatcher may call: whether it is still this one's turn. */
  readonly mayCall?: () => boolean;
  /** The channel's: an order cannot arrive any more once it and a heartbeat have passed. */
  readonly requestTimeoutMs: number;
  /** Orders and questions under way at once to agents that answer, and as many stops. Default 256. */
  readonly calls?: number;
  /** The same for agents that failed to answer the last one. Default 64. */
  readonly suspectCalls?: number;
  /** Milliseconds before what failed is tried again; doubled each time. Default 200, at most 30,000. */
  readonly retry?: Delays;
  /** Milliseconds before an agent is asked again that does not say by itself what became of an allocation. Default 250, at most 5,000. */
  readonly poll?: Delays;
}

/** Milliseconds between two looks of which both count as absences: one heartbeat that is delivered twice is one look. */
export const ABSENCES_APART = 1000;

export interface Delays {
  readonly first: number;
  readonly most: number;
}

export const RETRY: Delays = { first: 200, most: 30_000 };
export const POLL: Delays = { first: 250, most: 5_000 };

/** Counted since the start. */
export interface DispatcherMetrics {
  orders: number;
  accepted: number;
  rejected: number;
  /** Calls of any kind without an answer that says what was done. */
  unknown: number;
  asked: number;
  stops: number;
  stopped: number;
  lost: number;
  /** Allocations that an agent reported and that should not be there, told to stop. */
  strays: number;
  /** What happened could not be recorded and was found out anew. */
  unrecorded: number;
}
