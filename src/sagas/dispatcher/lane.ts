import { backOff, isSettled, nextStep, UNTOUCHED, type Dealings } from '#domain/dispatch/next-step.js';
import type { PlacedNode, Placement } from '#domain/dispatch/placement.js';
import type { AllocationReference, NodeCommand } from '#domain/node/index.js';
import type { AgentAddress } from '#domain/ports/agent-channel.js';
import { orderOf } from '#src/nodes/desired.js';
import type { CallPool } from './call-pool.js';
import { POLL, RETRY, type Delays, type DispatcherMetrics, type DispatcherOptions } from './options.js';
import { record, type Recording } from '../recording.js';

/** What all lanes share. */
export interface Shared extends DispatcherOptions {
  readonly signal: AbortSignal;
  readonly metrics: DispatcherMetrics;
  readonly pool: CallPool;
  readonly suspects: CallPool;
}

/** A stray that was told to stop is not told again for so many milliseconds. */
const STRAY_PAUSE = 30_000;
const MAX_STRAYS = 1000;
/** Milliseconds to wait for this server's own fold of what was recorded. */
const FOLD_PATIENCE = 1000;
/** Before one of our agents is told again to stop what it says it is stopping. */
const STOPPING: Delays = { first: 5000, most: 30_000 };
/** Times in a row that an agent must not have an acknowledged allocation, a heartbeat apart. */
const LOST_AFTER = 2;

/** One node's calls, one after the other. It works while there is something to do and then waits for news. */
export class Lane {
  readonly #queue = new Set<string>();
  /** Monotonic milliseconds at which to look again, by allocation. */
  readonly #waiting = new Map<string, number>();
  readonly #dealings = new Map<string, Dealings>();
  readonly #strays = new Map<string, number>();
  #seen: { readonly epoch: number; readonly endpoint: string | null; readonly down: boolean };
  #failures = 0;
  #pause: AbortController | undefined;
  #working: Promise<void> | undefined;

  constructor(
    readonly node: PlacedNode,
    private readonly shared: Shared,
  ) {
    const { epoch, endpoint, down } = node;
    this.#seen = { epoch, endpoint, down };
  }

  get busy(): boolean {
    return this.#working !== undefined;
  }

  /** Whether the last call to its agent brought no answer. */
  get suspect(): boolean {
    return this.#failures > 0;
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    await this.#working;
  }

  /** Everything that was there before this process began: nobody knows which orders were sent. */
  adopt(sentAt: number): void {
    for (const { allocationId, accepted, started } of this.node.allocations.values()) {
      if (!accepted && !started) this.#dealings.set(allocationId, { ...UNTOUCHED, order: 'unknown', sentAt });
      this.#queue.add(allocationId);
    }
    this.#wake();
  }

  /** Something of the allocation changed. */
  look(allocationId: string): void {
    this.#waiting.delete(allocationId);
    this.#queue.add(allocationId);
    this.#wake();
  }

  /** Something of the node changed. Where it is another agent, another place or back again, all is looked at anew. */
  lookAtNode(): void {
    const { epoch, endpoint, down } = this.node;
    const before = this.#seen;
    if (before.epoch === epoch && before.endpoint === endpoint && before.down === down) return;
    this.#seen = { epoch, endpoint, down };
    this.#failures = 0;
    this.#strays.clear();
    for (const id of this.node.allocations.keys()) {
      const dealings = this.#dealings.get(id);
      // To another incarnation of our agent a hint was never given. What a basic one was sent stays sent.
      if (dealings !== undefined && this.node.protocol === 'muster') this.#dealings.set(id, { ...dealings, order: 'none', failures: 0, notBefore: 0 });
      else if (dealings !== undefined) this.#dealings.set(id, { ...dealings, failures: 0, notBefore: 0 });
      this.#queue.add(id);
    }
    this.#waiting.clear();
    this.#wake();
  }

  /** The agent was heard. `listed`: what it named, where it named what it has. */
  heard(listed: readonly string[] | undefined): void {
    if (this.node.protocol !== 'basic') return;
    if (listed === undefined) {
      for (const { allocationId, ended } of this.node.allocations.values()) if (!ended && !this.#waiting.has(allocationId)) this.#queue.add(allocationId);
    } else {
      this.#compare(new Set(listed));
    }
    const heardAt = this.#heardAt();
    for (const id of this.#waiting.keys()) {
      const dealings = this.#dealings.get(id);
      if (dealings?.order !== 'unknown' || !isSettled(dealings, heardAt, this.shared.requestTimeoutMs)) continue;
      this.#deal(id, { notBefore: 0 });
      this.look(id);
    }
    this.#wake();
  }

  #compare(listed: ReadonlySet<string>): void {
    for (const placement of this.node.allocations.values()) {
      const id = placement.allocationId;
      if (listed.has(id)) {
        if (this.#of(id).absences > 0) this.#deal(id, { absences: 0 });
      } else if (placement.wanted && (placement.accepted || placement.started)) {
        this.#deal(id, { absences: this.#of(id).absences + 1 });
        if (this.#of(id).absences >= LOST_AFTER) this.#queue.add(id);
      }
    }
    const now = this.shared.clock.monotonic();
    for (const id of listed) {
      if (this.node.allocations.has(id) || now - (this.#strays.get(id) ?? -Infinity) < STRAY_PAUSE) continue;
      if (this.#strays.size >= MAX_STRAYS) this.#strays.delete(this.#strays.keys().next().value ?? '');
      this.#strays.set(id, now);
      this.#queue.add(id);
    }
  }

  #wake(): void {
    this.#pause?.abort();
    if (this.#working !== undefined || this.#queue.size === 0 || this.shared.signal.aborted) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
      if (this.#queue.size > 0) this.#wake();
    });
  }

  async #work(): Promise<void> {
    const { clock, signal } = this.shared;
    while (!signal.aborted) {
      const [id] = this.#queue;
      if (id !== undefined) {
        this.#queue.delete(id);
        await this.#attend(id);
        continue;
      }
      const next = Math.min(...this.#waiting.values());
      if (next === Infinity) return;
      this.#pause = new AbortController();
      const pause = AbortSignal.any([this.#pause.signal, signal]);
      await clock.sleep(Math.max(0, next - clock.monotonic()), pause);
      this.#pause = undefined;
      const now = clock.monotonic();
      for (const [waiting, until] of this.#waiting) if (until <= now) this.look(waiting);
    }
  }

  async #attend(id: string): Promise<void> {
    if (this.#obsolete) return;
    const placement = this.node.allocations.get(id);
    if (placement === undefined) {
      this.#dealings.delete(id);
      if (this.#strays.has(id)) await this.#call(() => this.#stopStray(id));
      return;
    }
    const unreachable = this.node.down || this.node.endpoint === null;
    if (placement.wanted && !unreachable && this.#of(id).absences >= LOST_AFTER) {
      await this.#lose(placement);
      return;
    }
    const { clock, telemetry } = this.shared;
    const lists = telemetry.of(this.node.nodeId)?.lists;
    const step = nextStep(placement, this.#of(id), { protocol: this.node.protocol, unreachable, lists, now: clock.monotonic() });
    switch (step.kind) {
      case 'rest':
        if (placement.ended || (placement.started && this.node.protocol === 'muster')) this.#dealings.delete(id);
        return;
      case 'wait':
        this.#waiting.set(id, step.until);
        return;
      case 'place':
        await this.#call(() => this.#place(placement));
        break;
      case 'ask':
        await this.#call(() => this.#ask(placement));
        break;
      case 'stop':
        await this.#call(() => this.#stop(placement));
        break;
    }
    this.#queue.add(id);
  }

  async #place(placement: Placement): Promise<void> {
    const { channel, clock, jobs, logger, metrics } = this.shared;
    const { allocationId } = placement;
    const address = this.#address();
    const order = await orderOf(placement, jobs).catch((error: unknown) => String(error));
    if (order === undefined || typeof order === 'string') {
      logger.error({ code: 'dispatcher.no_order', allocationId, jobId: placement.jobId, problem: order ?? 'the log holds no such group' });
      this.#failed(allocationId, {});
      return;
    }
    // While the job was read the allocation may have been called off, or the node have gone elsewhere.
    if (!placement.wanted || address.epoch !== this.node.epoch || this.node.down || this.#obsolete) return;
    const sentAt = clock.monotonic();
    metrics.orders += 1;
    this.#deal(allocationId, { order: 'unknown', sentAt });
    const outcome = await channel.place(address, order);
    if (outcome.kind === 'unknown') {
      this.#unanswered('place', allocationId, outcome.problem);
      // Asked at once, whether it arrived nevertheless; a hint is given again later.
      this.#deal(allocationId, this.node.protocol === 'muster' ? this.#later(allocationId) : { failures: this.#of(allocationId).failures + 1, notBefore: 0 });
      return;
    }
    this.#failures = 0;
    if (outcome.kind === 'rejected') {
      metrics.rejected += 1;
      await this.#record({ type: 'RejectAllocation', message: outcome.message, ...this.#about(placement, address) }, allocationId);
      return;
    }
    metrics.accepted += 1;
    if (this.node.protocol === 'muster') this.#deal(allocationId, { order: 'acknowledged', failures: 0 });
    else await this.#record({ type: 'AcceptAllocation', ...this.#about(placement, address) }, allocationId);
  }

  async #ask(placement: Placement): Promise<void> {
    const { channel, clock, metrics, requestTimeoutMs } = this.shared;
    const { allocationId } = placement;
    const address = this.#address();
    const before = this.#of(allocationId);
    const settled = isSettled(before, this.#heardAt(), requestTimeoutMs);
    metrics.asked += 1;
    const outcome = await channel.status(address, allocationId);
    if (outcome.kind === 'unknown') {
      this.#unanswered('ask', allocationId, outcome.problem);
      this.#failed(allocationId, {});
      return;
    }
    this.#failures = 0;
    if (outcome.kind === 'found') {
      const { nodeId, epoch } = address;
      const placed = new Map([[allocationId, referenceOf(placement)]]);
      const reports = { [allocationId]: outcome.status };
      const recording = await this.#record({ type: 'RecordReports', nodeId, epoch, at: clock.now(), reports, placed }, allocationId);
      if (recording.kind !== 'recorded') return;
      const failures = recording.news > 0 ? 1 : before.failures + 1;
      this.#deal(allocationId, { absences: 0, failures, notBefore: this.#soon(failures, this.shared.poll ?? POLL) });
      return;
    }
    if (!placement.accepted && !placement.started) {
      if (settled) this.#deal(allocationId, { order: 'none', failures: 0, notBefore: 0 });
      else this.#failed(allocationId, {});
      return;
    }
    const apart = before.absences === 0 || (this.#heardAt() ?? -Infinity) > before.absentAt;
    this.#failed(allocationId, apart ? { absences: before.absences + 1, absentAt: clock.monotonic() } : {}, this.shared.poll ?? POLL);
  }

  async #stop(placement: Placement): Promise<void> {
    const { channel, metrics, requestTimeoutMs } = this.shared;
    const { allocationId } = placement;
    const address = this.#address();
    const before = this.#of(allocationId);
    const arrived = placement.accepted || placement.started;
    const settled = arrived || isSettled(before, this.#heardAt(), requestTimeoutMs);
    metrics.stops += 1;
    const outcome = await channel.stop(address, allocationId);
    if (outcome.kind === 'unknown') {
      this.#unanswered('stop', allocationId, outcome.problem);
      this.#failed(allocationId, {});
      return;
    }
    this.#failures = 0;
    if (outcome.kind === 'stopped' && this.node.protocol === 'muster') {
      // One of ours tells itself how it ended, when it has.
      this.#failed(allocationId, {}, STOPPING);
      return;
    }
    if (outcome.kind === 'absent' && !settled) {
      this.#failed(allocationId, {});
      return;
    }
    metrics.stopped += 1;
    await this.#record({ type: 'ConfirmStopped', ...this.#about(placement, address) }, allocationId);
  }

  async #lose(placement: Placement): Promise<void> {
    const { metrics, logger } = this.shared;
    metrics.lost += 1;
    logger.warn({ code: 'dispatcher.lost', nodeId: this.node.nodeId, allocationId: placement.allocationId });
    const reason = 'its agent does not know it any more';
    await this.#record({ type: 'ReportLost', reason, ...this.#about(placement, this.#address()) }, placement.allocationId);
    this.#deal(placement.allocationId, { absences: 0 });
  }

  async #stopStray(id: string): Promise<void> {
    if (this.node.down || this.node.endpoint === null) return;
    this.shared.metrics.strays += 1;
    const outcome = await this.shared.channel.stop(this.#address(), id);
    this.shared.logger.info({ code: 'dispatcher.stray', nodeId: this.node.nodeId, allocationId: id, outcome: outcome.kind });
  }

  /** The cluster was cleared since. */
  get #obsolete(): boolean {
    return this.shared.placements.state.nodes.get(this.node.nodeId) !== this.node;
  }

  async #record(command: NodeCommand, allocationId: string): Promise<Recording> {
    const recording = await record(this.shared.executor, 'dispatcher', allocationId, command);
    if (recording.kind === 'failed') {
      this.shared.metrics.unrecorded += 1;
      this.shared.logger.warn({ code: 'dispatcher.unrecorded', command: command.type, allocationId, problem: recording.problem });
      this.#failed(allocationId, {});
    } else if (recording.kind === 'void') {
      this.#failed(allocationId, {});
    } else if (recording.position !== undefined) {
      // It becomes a fact to act upon when it comes out of the log.
      await this.shared.placements.waitFor(recording.position, FOLD_PATIENCE);
    }
    return recording;
  }

  async #call(work: () => Promise<void>): Promise<void> {
    const pool = this.suspect ? this.shared.suspects : this.shared.pool;
    await pool.run(async () => {
      if (!this.shared.signal.aborted && this.node.endpoint !== null) await work();
    });
  }

  #unanswered(call: string, allocationId: string, problem: string): void {
    this.#failures += 1;
    this.shared.metrics.unknown += 1;
    this.shared.logger.info({ code: 'dispatcher.unanswered', call, nodeId: this.node.nodeId, allocationId, problem });
  }

  #failed(allocationId: string, change: Partial<Dealings>, delays = this.shared.retry ?? RETRY): void {
    this.#deal(allocationId, { ...change, ...this.#later(allocationId, delays) });
  }

  #later(allocationId: string, delays = this.shared.retry ?? RETRY): Pick<Dealings, 'failures' | 'notBefore'> {
    const failures = this.#of(allocationId).failures + 1;
    return { failures, notBefore: this.#soon(failures, delays) };
  }

  #soon(failures: number, { first, most }: Delays): number {
    return this.shared.clock.monotonic() + backOff(failures, first, most);
  }

  #of(allocationId: string): Dealings {
    return this.#dealings.get(allocationId) ?? UNTOUCHED;
  }

  #deal(allocationId: string, change: Partial<Dealings>): void {
    this.#dealings.set(allocationId, { ...this.#of(allocationId), ...change });
  }

  #heardAt(): number | undefined {
    return this.shared.telemetry.of(this.node.nodeId)?.monotonic;
  }

  #address(): AgentAddress {
    return { nodeId: this.node.nodeId, epoch: this.node.epoch, endpoint: this.node.endpoint ?? '' };
  }

  #about(placement: Placement, address: AgentAddress) {
    return { nodeId: address.nodeId, epoch: address.epoch, allocation: referenceOf(placement), at: this.shared.clock.now() };
  }
}

function referenceOf({ allocationId, jobId, group, slot }: Placement): AllocationReference {
  return { allocationId, jobId, group, slot };
}
