import { isSettled } from '#domain/scheduling/dispatch/next-step.js';
import type { PlacedNode, Placement } from '#domain/scheduling/dispatch/placement.js';
import type { AllocationReference, NodeCommand } from '#domain/nodes/node/index.js';
import type { AgentAddress } from '#domain/protocol/agent-channel.js';
import { logUnknownStatuses, orderOf, record, reportCauses, type Recording } from '#src/fleet/nodes/index.js';
import type { DeliveryAttempts } from './delivery-attempts.js';
import { POLL, type Delays, type DispatcherMetrics, type DispatcherOptions } from './options.js';
import type { Pools } from './priority-queue.js';

export interface Shared extends DispatcherOptions {
  readonly signal: AbortSignal;
  readonly metrics: DispatcherMetrics;
  readonly pools: Pools;
}

/** How long to wait for this server to fold a recorded event, in milliseconds. */
const FOLD_TIMEOUT_MS = 1000;
const STOP_RETRY: Delays = { first: 5000, most: 30_000 };

/** Calls the agent of one node and records the results. Each method returns whether the agent responded, or undefined if it was not called. */
export class Calls {
  constructor(
    private readonly node: PlacedNode,
    private readonly shared: Shared,
    private readonly book: DeliveryAttempts,
  ) {}

  get obsolete(): boolean {
    return this.shared.placements.state.nodes.get(this.node.nodeId) !== this.node;
  }

  get heardAt(): number | undefined {
    return this.shared.telemetry.of(this.node.nodeId)?.monotonic;
  }

  async place(placement: Placement): Promise<boolean | undefined> {
    const { channel, clock, jobs, logger, metrics } = this.shared;
    const { allocationId } = placement;
    const address = this.#address();
    const order = await orderOf(placement, jobs, this.node).catch((error: unknown) => String(error));
    if (order === undefined || typeof order === 'string') {
      logger.error({
        code: 'dispatcher.no_order',
        allocationId,
        jobId: placement.jobId,
        problem: order ?? 'the log contains no such task group',
      });
      this.book.failed(allocationId);
      return undefined;
    }
    if (!placement.wanted || address.epoch !== this.node.epoch || this.node.down || this.obsolete)
      return undefined;
    metrics.orders += 1;
    this.book.change(allocationId, { order: 'unknown', sentAt: clock.monotonic() });
    const outcome = await channel.place(address, order);
    if (outcome.kind === 'unknown') {
      this.#noAnswer('place', allocationId, outcome.problem);
      this.book.failed(allocationId);
      if (this.node.protocol === 'basic') this.book.change(allocationId, { notBefore: 0 });
      return false;
    }
    if (outcome.kind === 'rejected') {
      metrics.rejected += 1;
      await this.#record(
        { type: 'RejectAllocation', message: outcome.message, ...this.#about(placement, address) },
        allocationId,
      );
      return true;
    }
    metrics.accepted += 1;
    if (this.node.protocol === 'muster')
      this.book.change(allocationId, { order: 'acknowledged', failures: 0 });
    else await this.#record({ type: 'AcceptAllocation', ...this.#about(placement, address) }, allocationId);
    return true;
  }

  /** Queries the state of an allocation, because an order got no response or because the agent does not report on its own. */
  async ask(placement: Placement): Promise<boolean | undefined> {
    const { channel, clock, metrics, requestTimeoutMs, poll = POLL } = this.shared;
    const { allocationId } = placement;
    const address = this.#address();
    const before = this.book.of(allocationId);
    const settled = isSettled(before, this.heardAt, requestTimeoutMs);
    metrics.asked += 1;
    const outcome = await channel.status(address, allocationId);
    if (outcome.kind === 'unknown') {
      this.#noAnswer('ask', allocationId, outcome.problem);
      this.book.failed(allocationId);
      return false;
    }
    if (outcome.kind === 'found') {
      const { nodeId, epoch } = address;
      const placed = new Map([[allocationId, referenceOf(placement)]]);
      const recording = await this.#record(
        {
          type: 'RecordReports',
          nodeId,
          epoch,
          at: clock.now(),
          reports: { [allocationId]: outcome.status },
          placed,
        },
        allocationId,
      );
      if (recording.kind !== 'recorded') return true;
      const failures = recording.events.length > 0 ? 1 : before.failures + 1;
      this.book.change(allocationId, { absences: 0, failures, notBefore: this.book.after(failures, poll) });
    } else if (placement.accepted || placement.started) {
      const apart = before.absences === 0 || (this.heardAt ?? -Infinity) > before.absentAt;
      this.book.failed(
        allocationId,
        apart ? { absences: before.absences + 1, absentAt: clock.monotonic() } : {},
        poll,
      );
    } else if (settled) {
      this.book.change(allocationId, { order: 'none', failures: 0, notBefore: 0 });
    } else {
      this.book.failed(allocationId);
    }
    return true;
  }

  async stop(placement: Placement): Promise<boolean | undefined> {
    const { channel, jobs, metrics, requestTimeoutMs } = this.shared;
    const { allocationId, jobId, jobVersion, group } = placement;
    const address = this.#address();
    const arrived = placement.accepted || placement.started;
    const settled = arrived || isSettled(this.book.of(allocationId), this.heardAt, requestTimeoutMs);
    metrics.stops += 1;
    if (!this.book.of(allocationId).stopTried)
      this.book.change(allocationId, { stopTried: true, failures: 0 });
    const killTimeouts =
      this.node.protocol === 'muster' ? await jobs.killTimeouts(jobId, jobVersion, group) : undefined;
    const outcome = await channel.stop(address, allocationId, killTimeouts);
    if (outcome.kind === 'unknown') {
      this.#noAnswer('stop', allocationId, outcome.problem);
      this.book.failed(allocationId);
      return false;
    }
    if (outcome.kind === 'stopped' && this.node.protocol === 'muster')
      this.book.failed(allocationId, {}, STOP_RETRY);
    else if (outcome.kind === 'absent' && !settled) this.book.failed(allocationId);
    else await this.confirmStopped(placement);
    return true;
  }

  async confirmStopped(placement: Placement): Promise<void> {
    this.shared.metrics.stopped += 1;
    await this.#record(
      { type: 'ConfirmStopped', ...this.#about(placement, this.#address()) },
      placement.allocationId,
    );
  }

  async lose(placement: Placement): Promise<void> {
    const { allocationId } = placement;
    this.shared.metrics.lost += 1;
    this.shared.logger.warn({ code: 'dispatcher.lost', nodeId: this.node.nodeId, allocationId });
    this.book.present(allocationId);
    await this.#record(
      {
        type: 'ReportLost',
        reason: 'the agent no longer has this allocation',
        ...this.#about(placement, this.#address()),
      },
      allocationId,
    );
  }

  async stopOrphan(allocationId: string): Promise<boolean> {
    this.shared.metrics.strays += 1;
    const outcome = await this.shared.channel.stop(this.#address(), allocationId);
    this.shared.logger.info({
      code: 'dispatcher.stray',
      nodeId: this.node.nodeId,
      allocationId,
      outcome: outcome.kind,
    });
    return outcome.kind !== 'unknown';
  }

  async #record(command: NodeCommand, allocationId: string): Promise<Recording> {
    const { executor, jobs, logger, metrics, placements } = this.shared;
    const causesOf = reportCauses(() => this.node, jobs);
    const recording = await record(executor, 'dispatcher', allocationId, command, causesOf);
    if (recording.kind === 'failed') {
      metrics.unrecorded += 1;
      logger.warn({
        code: 'dispatcher.unrecorded',
        command: command.type,
        allocationId,
        problem: recording.problem,
      });
    }
    if (recording.kind === 'recorded') logUnknownStatuses(logger, recording.events);
    if (recording.kind !== 'recorded' || (recording.events.length === 0 && command.type !== 'RecordReports'))
      this.book.failed(allocationId);
    else if (recording.position !== undefined) await placements.waitFor(recording.position, FOLD_TIMEOUT_MS);
    return recording;
  }

  #noAnswer(call: string, allocationId: string, problem: string): void {
    this.shared.metrics.unknown += 1;
    this.shared.logger.info({
      code: 'dispatcher.unanswered',
      call,
      nodeId: this.node.nodeId,
      allocationId,
      problem,
    });
  }

  #address(): AgentAddress {
    return { nodeId: this.node.nodeId, epoch: this.node.epoch, endpoint: this.node.endpoint ?? '' };
  }

  #about(placement: Placement, { nodeId, epoch }: AgentAddress) {
    return { nodeId, epoch, allocation: referenceOf(placement), at: this.shared.clock.now() };
  }
}

function referenceOf({ allocationId, jobId, group, slot }: Placement): AllocationReference {
  return { allocationId, jobId, group, slot };
}
