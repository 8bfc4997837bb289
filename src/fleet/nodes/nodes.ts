import type { Logger } from 'pino';
import { checkEndpoint } from '#agents/platform/transport/endpoint.js';
import { natsEndpoint } from '#agents/platform/transport/nats/subjects.js';
import { ALLOCATION_ENDS } from '#domain/allocations/index.js';
import type { PlacedNode, Placement } from '#domain/scheduling/dispatch/placement.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import {
  addressOfAgent,
  isComplete,
  nodes,
  type NodeCommand,
  type NodeEvent,
  type NodeState,
  type PlacedAllocation,
} from '#domain/nodes/node/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import {
  provenEndpoint,
  type AllocationOrder,
  type AllocationReport,
  type DesiredAllocations,
  type Heartbeat,
  type Registration,
} from '#domain/protocol/index.js';
import type { CommandContext, CommandExecutor, Executed } from '#domain/kernel/ports/command-executor.js';
import { DesiredDigests, orderOf } from './desired.js';
import type { DeliveredOrders } from './delivered-orders.js';
import type { JobVersions } from './job-versions.js';
import type { LivePlacements } from './live-placements.js';
import { reportCauses } from './report-causes.js';
import type { TaskResults } from './task-results.js';
import type { LastSeen } from './last-seen.js';
import { logUnknownStatuses } from './unknown-statuses.js';
import type { RefusedAgents } from './refused-agents.js';
import { WaitingNodes } from './waiting-nodes.js';
import type { AgentCall, NodeAnswer, NodeCommands, NodeTelemetry } from './node-commands.js';

export interface NodeCommandsOptions {
  readonly executor: CommandExecutor;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly placements: LivePlacements;
  readonly telemetry: LastSeen;
  readonly jobs: JobVersions;
  readonly results: TaskResults;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly refused: RefusedAgents;
  readonly lists?: DeliveredOrders;
  readonly ownParts?: () => readonly string[];
  /** Returns the id of the log, which agents put on what they make. Default: they are not told it. */
  readonly logId?: () => Promise<string | undefined>;
  /** How long a node may go without a heartbeat before it is down, in milliseconds. */
  readonly timeoutMs: number;
  /** Maximum number of silent nodes per address that never ran anything. @default {@link WAITING_NODES} */
  readonly waitingNodes?: number;
  /** How often a heartbeat of a node is recorded in the log, in milliseconds. Undefined if other servers need no proof of life from the log. */
  readonly tellLogEveryMs?: () => number | undefined;
}

const ENDS: ReadonlySet<string> = new Set(ALLOCATION_ENDS);
/** How long a response waits for this server to fold the events that it has just appended, in milliseconds. */
const OWN_FOLD_TIMEOUT_MS = 500;
/** How long a request waits for this server to fold the log up to its head, in milliseconds. */
const FOLD_TIMEOUT_MS = 2000;
/** How long a request waits for a server that has just started, in milliseconds. */
const READY_TIMEOUT_MS = 5000;
const MAX_APPENDS = 200;
const LOOKUP_CONCURRENCY = 16;

export function createNodeCommands({
  executor,
  store,
  clock,
  placements,
  telemetry,
  jobs,
  results,
  logger,
  refused,
  lists,
  ownParts,
  logId,
  timeoutMs,
  waitingNodes,
  tellLogEveryMs,
}: NodeCommandsOptions): NodeCommands {
  const listeningSince = clock.monotonic();
  const digests = new DesiredDigests();
  const crowd = new WaitingNodes({
    executor,
    placements,
    telemetry,
    ...(waitingNodes === undefined ? {} : { bound: waitingNodes }),
  });

  const execute = (command: NodeCommand, context: CommandContext): Promise<Executed<NodeEvent, NodeState>> =>
    executor.execute(nodes, command.nodeId, command, context);

  async function order(
    command: NodeCommand,
    context: CommandContext,
  ): Promise<{ readonly position?: bigint }> {
    const { position } = await execute(command, context);
    return position === undefined ? {} : { position };
  }

  async function answer(nodeId: string, epoch: number, position: bigint | undefined): Promise<NodeAnswer> {
    if (position !== undefined) await placements.waitFor(position, OWN_FOLD_TIMEOUT_MS);
    const node = placements.state.nodes.get(nodeId);
    return { epoch, digest: digests.of(node), ...(position === undefined ? {} : { position }) };
  }

  async function foldAll(): Promise<void> {
    const head = await store.head();
    if (head !== undefined && !(await placements.waitFor(head, FOLD_TIMEOUT_MS)))
      throw new MusterError('MUSTER_E_OVERLOADED', {
        what: 'the placements in the log are still being read',
      });
  }

  /** Finds the placements of the reported allocations. If this server has not folded all of them yet, waits for the fold. */
  async function placedAmong(
    nodeId: string,
    reports: Readonly<Record<string, AllocationReport>>,
  ): Promise<Map<string, PlacedAllocation>> {
    const ids = Object.keys(reports);
    let node = placements.state.nodes.get(nodeId);
    if (ids.some((id) => node?.allocations.has(id) !== true)) {
      // The agent stops reporting an end once it is accepted, so the fold must be complete before an unknown allocation is ignored.
      await foldAll();
      node = placements.state.nodes.get(nodeId);
    }
    const placed = new Map<string, PlacedAllocation>();
    for (const id of ids) {
      const placement = node?.allocations.get(id);
      const report = reports[id];
      if (placement === undefined || report === undefined || placement.ended) continue;
      if (report.placed_at !== undefined && report.placed_at !== placement.placedAt) continue;
      // An allocation that was lost with its node remains lost even if it is still running, but its end is worth recording.
      if (placement.released && !isEnd(report)) continue;
      const tasks = tellsNoTask(report) ? await tasksOf(placement) : undefined;
      const sealed = node?.protocol === 'muster' ? await results.sealed(placement, report) : undefined;
      placed.set(id, {
        ...referenceOf(placement),
        ...(tasks && { tasks }),
        ...(sealed && { results: sealed }),
      });
    }
    return placed;
  }

  async function tasksOf(placement: Placement): Promise<readonly string[]> {
    const group = await jobs.group(placement.jobId, placement.jobVersion, placement.group);
    return group?.tasks.map(({ name }) => name) ?? [];
  }

  function known(nodeId: string, call: AgentCall): PlacedNode {
    const node = placements.state.nodes.get(nodeId);
    if (node === undefined || node.epoch === 0) throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
    if (call.epoch !== undefined && call.epoch !== node.epoch) {
      throw new MusterError('MUSTER_E_NODE_STALE_EPOCH', { nodeId, epoch: call.epoch, current: node.epoch });
    }
    return node;
  }

  /** Throws if the decision about the registration was that another agent holds the node id. */
  function refuseSecondAgent(
    { node_id: nodeId, instance, endpoint = null, ip_address: ipAddress }: Registration,
    { holder }: NodeState,
    events: readonly NodeEvent[],
  ): void {
    if (instance === undefined || holder === undefined || holder.instance === instance) return;
    const fields = { nodeId, address: addressOfAgent({ endpoint, ipAddress }), holder: holder.address };
    refused.add(fields);
    if (events.length > 0) logger.error({ code: 'nodes.id-in-use', ...fields });
    throw new MusterError('MUSTER_E_NODE_ID_IN_USE', fields);
  }

  return {
    async register(body: Registration, call, context) {
      await placements.whenReady(READY_TIMEOUT_MS);
      const nodeId = body.node_id;
      const registration: Registration = { ...body, ...endpointOf(body, call) };
      const problem =
        call.channel !== 'nats' && typeof body.endpoint === 'string'
          ? checkEndpoint(body.endpoint)
          : undefined;
      if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { field: 'endpoint', problem });
      const formerEpoch = placements.state.formerEpochs.get(nodeId);
      const protocol = call.ours ? 'muster' : 'basic';
      const { events, state, position } = await execute(
        {
          type: 'RegisterNode',
          nodeId,
          registration,
          protocol,
          formerEpoch,
          address: call.from,
          at: clock.now(),
        },
        context,
      );
      refuseSecondAgent(registration, state, events);
      const [event] = events;
      telemetry.registered(nodeId, body.resources);
      const held = await answer(
        nodeId,
        event?.type === 'NodeRegistered' ? event.data.epoch : state.epoch,
        position,
      );
      // If the log cannot be read, the registration fails and is repeated: without the id, an agent would mark nothing that it makes.
      const log = call.ours ? await logId?.() : undefined;
      const answered = {
        ...held,
        ...(call.ours && ownParts !== undefined && { ownParts: ownParts() }),
        ...(log !== undefined && { log }),
      };
      const removal = call.from === undefined ? undefined : await crowd.makeRoom(call.from, context);
      return removal === undefined ? answered : { ...answered, position: removal };
    },

    async heartbeat(body: Heartbeat, call, context) {
      await placements.whenReady(READY_TIMEOUT_MS);
      const nodeId = body.node_id;
      const reports = body.allocations ?? {};
      /** The node is alive, even if the log cannot accept its report. */
      const untaken = (error: unknown): never => {
        const known =
          !isMusterError(error, 'MUSTER_E_NODE_UNKNOWN') &&
          !isMusterError(error, 'MUSTER_E_NODE_STALE_EPOCH') &&
          placements.state.nodes.has(nodeId);
        if (known) telemetry.touched(nodeId);
        throw error;
      };
      const placed = await placedAmong(nodeId, reports).catch(untaken);
      const { healthy, resources, timestamp } = body;
      const heard = { nodeId, epoch: call.epoch, at: clock.now(), reports, placed };
      // A late heartbeat does not describe the current state of the node, but its reports are still true.
      const command: NodeCommand = telemetry.isOld(nodeId, timestamp)
        ? { type: 'RecordReports', ...heard }
        : { type: 'RecordHeartbeat', ...heard, healthy, resources, recordEveryMs: tellLogEveryMs?.() };
      // Reports describe states, so a repeated report changes nothing, and no idempotency key is needed.
      const causesOf = reportCauses(() => placements.state.nodes.get(nodeId), jobs);
      const own = { ...context, repeatable: false, causesOf };
      let executed = await execute(command, own).catch(untaken);
      logUnknownStatuses(logger, executed.events);
      let position = executed.position;
      const withResults = [...placed.values()].some((each) => each.results !== undefined);
      const more = ({ events }: typeof executed): boolean =>
        !isComplete(events) || (withResults && events.length > 0);
      for (let appends = 1; more(executed) && appends < MAX_APPENDS; appends += 1) {
        for (const { type, data } of executed.events)
          if (ENDS.has(type) && 'allocationId' in data) placed.delete(data.allocationId);
        executed = await execute(command, own);
        logUnknownStatuses(logger, executed.events);
        position = executed.position ?? position;
      }
      const log = call.ours ? await logId?.().catch(() => undefined) : undefined;
      const answered = {
        ...(await answer(nodeId, executed.state.epoch, position)),
        ...(log !== undefined && { log }),
      };
      telemetry.heartbeat(nodeId, {
        resources,
        listed: body.allocations === undefined ? undefined : Object.keys(reports),
        timestamp,
      });
      return answered;
    },

    async desired(nodeId, call): Promise<DesiredAllocations> {
      await placements.whenReady(READY_TIMEOUT_MS);
      // The agent stops allocations that are not on the list, so a list that predates another server's order would stop a new allocation.
      await foldAll();
      const node = known(nodeId, call);
      const wanted = node.wanted();
      const orders: AllocationOrder[] = [];
      const kept: string[] = [];
      for (let from = 0; from < wanted.length; from += LOOKUP_CONCURRENCY) {
        const some = await Promise.all(
          wanted.slice(from, from + LOOKUP_CONCURRENCY).map((placement) => orderOf(placement, jobs, node)),
        );
        for (const [at, order] of some.entries()) {
          if (order === undefined) kept.push(wanted[from + at]!.allocationId);
          else orders.push(order);
        }
      }
      lists?.given(
        nodeId,
        orders.map((each) => each.allocation_id),
      );
      return {
        node_id: nodeId,
        epoch: node.epoch,
        digest: digests.of(node),
        allocations: orders,
        ...(kept.length > 0 && { kept }),
      };
    },

    async drain(nodeId, enable, context, deadlineSeconds) {
      return await order({ type: 'SetDrain', nodeId, enable, deadlineSeconds }, context);
    },

    async declareDown(nodeId, reason, context) {
      await placements.whenReady(READY_TIMEOUT_MS);
      const silentMs =
        clock.monotonic() - Math.max(listeningSince, telemetry.of(nodeId)?.monotonic ?? -Infinity);
      return await order({ type: 'DeclareDown', nodeId, reason, silentMs, timeoutMs }, context);
    },

    async remove(nodeId, force, context) {
      await placements.whenReady(READY_TIMEOUT_MS);
      // Placements that are still being read could belong to the node.
      await foldAll();
      const all = placements.state.nodes.get(nodeId)?.allocations.values() ?? [];
      const placed = [...all].filter(({ ended, released }) => !ended && !released).length;
      return await order({ type: 'DecommissionNode', nodeId, placed, force }, context);
    },

    async setEligibility(nodeId, eligible, context) {
      return await order({ type: 'SetEligibility', nodeId, eligible }, context);
    },

    async configure(nodeId, said, context) {
      return await order({ type: 'ConfigureNode', nodeId, ...said }, context);
    },

    isRegistered(nodeId) {
      return (placements.state.nodes.get(nodeId)?.epoch ?? 0) > 0;
    },

    telemetry(nodeId): NodeTelemetry | undefined {
      const heard = telemetry.of(nodeId);
      return heard === undefined ? undefined : { lastHeartbeat: heard.at, resources: heard.resources };
    },
  };
}

/** Returns the endpoint to record: it shows how the agent is reached. */
function endpointOf(
  { node_id: nodeId, endpoint }: Registration,
  { channel, sealed, expectsProofs }: AgentCall,
): Pick<Registration, 'endpoint'> {
  if (channel === 'nats') return { endpoint: natsEndpoint(nodeId, sealed === true) };
  const isProven = expectsProofs === true && typeof endpoint === 'string';
  return isProven ? { endpoint: provenEndpoint(endpoint) } : {};
}

function referenceOf({ allocationId, jobId, group, slot }: Placement): PlacedAllocation {
  return { allocationId, jobId, group, slot };
}

/** Whether the report of an end contains no tasks. Their names must then be taken from the job. */
function tellsNoTask(report: AllocationReport): boolean {
  return isEnd(report) && Object.keys(report.tasks).length === 0;
}

function isEnd({ status }: AllocationReport): boolean {
  return status === 'complete' || status === 'failed' || status === 'stopped';
}
