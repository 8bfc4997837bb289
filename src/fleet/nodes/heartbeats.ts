import type { Logger } from 'pino';
import { ALLOCATION_ENDS } from '#domain/allocations/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { isComplete, nodes, type NodeCommand } from '#domain/nodes/node/index.js';
import type { Heartbeat } from '#domain/protocol/index.js';
import {
  logUnknownStatuses,
  reportCauses,
  reportedPlacements,
  type ReportParts,
} from './allocation-reports.js';
import type { DesiredLists } from './desired.js';
import type { LastSeen } from './last-seen.js';
import type { AgentCall, NodeAnswer } from './node-commands.js';

/** What {@link Heartbeats} need of a server. */
export interface HeartbeatParts extends ReportParts {
  readonly executor: CommandExecutor;
  readonly clock: Clock;
  readonly telemetry: LastSeen;
  readonly logger: Pick<Logger, 'warn'>;
  /** Returns the id of the log, which agents put on what they make. Default: they are not told it. */
  readonly logId?: () => Promise<string | undefined>;
  /** How often a heartbeat of a node is recorded in the log, in milliseconds. Undefined if other servers need no proof of life from the log. */
  readonly tellLogEveryMs?: () => number | undefined;
}

const ENDS: ReadonlySet<string> = new Set(ALLOCATION_ENDS);
const MAX_APPENDS = 200;

/** Takes heartbeats: records what they report about allocations, and that their nodes are alive. */
export class Heartbeats {
  constructor(
    private readonly parts: HeartbeatParts,
    private readonly desired: Pick<DesiredLists, 'answer'>,
  ) {}

  async take(body: Heartbeat, call: AgentCall, context: CommandContext): Promise<NodeAnswer> {
    const { executor, clock, placements, jobs, telemetry, logger, logId, tellLogEveryMs } = this.parts;
    await placements.whenReady();
    const { node_id: nodeId, healthy, resources, timestamp, allocations } = body;
    const reports = allocations ?? {};
    const untaken = (error: unknown): never => this.#untaken(nodeId, error);
    const placed = await reportedPlacements(this.parts, nodeId, reports).catch(untaken);
    const heard = { nodeId, epoch: call.epoch, at: clock.now(), reports, placed };
    // A late heartbeat does not describe the current state of the node, but its reports are still true.
    const command: NodeCommand = telemetry.isOld(nodeId, timestamp)
      ? { type: 'RecordReports', ...heard }
      : { type: 'RecordHeartbeat', ...heard, healthy, resources, recordEveryMs: tellLogEveryMs?.() };
    // Reports describe states, so a repeated report changes nothing, and no idempotency key is needed.
    const causesOf = reportCauses(() => placements.state.nodes.get(nodeId), jobs);
    const own = { ...context, repeatable: false, causesOf };
    let executed = await executor.execute(nodes, nodeId, command, own).catch(untaken);
    logUnknownStatuses(logger, executed.events);
    let { position } = executed;
    const withResults = [...placed.values()].some((each) => each.results !== undefined);
    const more = ({ events }: typeof executed): boolean =>
      !isComplete(events) || (withResults && events.length > 0);
    for (let appends = 1; more(executed) && appends < MAX_APPENDS; appends += 1) {
      for (const { type, data } of executed.events)
        if (ENDS.has(type) && 'allocationId' in data) placed.delete(data.allocationId);
      executed = await executor.execute(nodes, nodeId, command, own);
      logUnknownStatuses(logger, executed.events);
      position = executed.position ?? position;
    }
    const log = call.ours ? await logId?.().catch(() => undefined) : undefined;
    const answer = await this.desired.answer(nodeId, executed.state.epoch, position);
    const listed = allocations === undefined ? undefined : Object.keys(allocations);
    telemetry.heartbeat(nodeId, { resources, listed, timestamp });
    return { ...answer, ...(log !== undefined && { log }) };
  }

  /** The node is alive, even if the log cannot accept its report. */
  #untaken(nodeId: string, error: unknown): never {
    const { placements, telemetry } = this.parts;
    const known =
      !isMusterError(error, 'MUSTER_E_NODE_UNKNOWN') &&
      !isMusterError(error, 'MUSTER_E_NODE_STALE_EPOCH') &&
      placements.state.nodes.has(nodeId);
    if (known) telemetry.touched(nodeId);
    throw error;
  }
}
