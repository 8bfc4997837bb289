import { isSettled, nextStep, NOT_ATTEMPTED } from '#domain/scheduling/dispatch/next-step.js';
import type { PlacedNode, Placement } from '#domain/scheduling/dispatch/placement.js';
import { Calls, type Shared } from './calls.js';
import { DeliveryAttempts } from './delivery-attempts.js';
import { RETRY } from './options.js';
import { Orphans } from './orphans.js';
import { PriorityQueue, type Urgency } from './priority-queue.js';
import type { AgentCallQueue } from './agent-call-queue.js';

/** An acknowledged allocation is considered lost after it has been missing from this many reports in a row. */
const LOST_AFTER = 2;
const ORPHANS_PER_HEARTBEAT = 100;

export class NodeQueue {
  readonly #book: DeliveryAttempts;
  readonly #calls: Calls;
  readonly #orphans = new Orphans();
  readonly #turns: PriorityQueue;
  readonly #waiting = new Map<string, number>();
  readonly #afterLost = new Set<string>();
  #seen: { readonly epoch: number; readonly endpoint: string | null; readonly down: boolean };
  #pause: { readonly until: number; readonly ended: AbortController } | undefined;

  constructor(
    readonly node: PlacedNode,
    private readonly shared: Shared,
  ) {
    const { epoch, endpoint, down } = node;
    this.#seen = { epoch, endpoint, down };
    this.#book = new DeliveryAttempts(shared.clock, shared.retry ?? RETRY);
    this.#calls = new Calls(node, shared, this.#book);
    this.#turns = new PriorityQueue(shared.pools, {
      urgencyOf: (id) => this.#urgencyOf(id),
      handle: (id, way) => this.#takeTurn(id, way),
    });
  }

  get busy(): boolean {
    return !this.#turns.idle || this.#waiting.size > 0;
  }

  get suspect(): boolean {
    return this.#turns.suspect;
  }

  async end(): Promise<void> {
    this.#waiting.clear();
    this.#afterLost.clear();
    this.#pause?.ended.abort();
    this.#turns.clear();
    await this.#turns.onIdle();
  }

  adopt(sentAt: number): void {
    for (const { allocationId, accepted, started } of this.node.allocations.values()) {
      if (!accepted && !started)
        this.#book.change(allocationId, { ...NOT_ATTEMPTED, order: 'unknown', sentAt });
      this.#turns.add(allocationId);
    }
  }

  look(allocationId: string): void {
    if (this.#unreachable) {
      if (!this.node.allocations.has(allocationId)) this.#book.forget(allocationId);
      return;
    }
    this.#waiting.delete(allocationId);
    this.#turns.add(allocationId);
    if (this.node.allocations.has(allocationId)) return;
    const following = [...this.#afterLost];
    this.#afterLost.clear();
    for (const id of following) this.#turns.add(id);
  }

  /** Checks all allocations again if the epoch of the agent, its address, or whether the node is down has changed. */
  lookAtNode(): void {
    const { epoch, endpoint, down, protocol } = this.node;
    const before = this.#seen;
    if (before.epoch === epoch && before.endpoint === endpoint && before.down === down) return;
    this.#seen = { epoch, endpoint, down };
    this.#turns.trust();
    this.#orphans.clear();
    this.#waiting.clear();
    for (const id of this.node.allocations.keys()) {
      if (this.#book.has(id))
        this.#book.change(id, {
          failures: 0,
          notBefore: 0,
          ...(protocol === 'muster' ? { order: 'none' } : {}),
        });
      this.#turns.add(id);
    }
  }

  heard(listed: readonly string[] | undefined): void {
    if (this.node.endpoint === null) this.#infer(new Set(listed));
    if (this.node.protocol !== 'basic' || this.node.endpoint === null) return;
    if (listed === undefined) {
      for (const { allocationId, ended } of this.node.allocations.values())
        if (!ended && !this.#waiting.has(allocationId)) this.#turns.add(allocationId);
    } else {
      this.#compare(new Set(listed));
    }
    for (const id of this.#waiting.keys()) {
      const dealings = this.#book.of(id);
      if (
        dealings.order !== 'unknown' ||
        !isSettled(dealings, this.#calls.heardAt, this.shared.requestTimeoutMs)
      )
        continue;
      this.#book.change(id, { notBefore: 0 });
      this.look(id);
    }
  }

  given(listed: readonly string[]): void {
    if (this.node.protocol !== 'muster') return;
    for (const id of listed)
      if (this.node.allocations.has(id)) this.#book.change(id, { order: 'acknowledged', failures: 0 });
  }

  /** On an unreachable node, an allocation that should stop and is not listed has either ended or never started. */
  #infer(listed: ReadonlySet<string>): void {
    for (const { allocationId, unwanted } of this.node.allocations.values()) {
      if (!unwanted) continue;
      if (listed.has(allocationId)) this.#book.present(allocationId);
      else if (this.#book.absent(allocationId, LOST_AFTER)) this.#turns.add(allocationId);
    }
  }

  /** Whether the node cannot be called, because it is down or has no endpoint. */
  get #unreachable(): boolean {
    return this.node.down || this.node.endpoint === null;
  }

  #compare(listed: ReadonlySet<string>): void {
    for (const { allocationId, wanted, accepted, started } of this.node.allocations.values()) {
      if (listed.has(allocationId)) this.#book.present(allocationId);
      else if (wanted && (accepted || started) && this.#book.absent(allocationId, LOST_AFTER))
        this.#turns.add(allocationId);
    }
    const now = this.shared.clock.monotonic();
    let orphans = 0;
    for (const id of listed) {
      if (orphans >= ORPHANS_PER_HEARTBEAT) break;
      if (this.node.allocations.has(id) || !this.#orphans.notice(id, now)) continue;
      this.#turns.add(id);
      orphans += 1;
    }
  }

  #urgencyOf(id: string): Urgency {
    const placement = this.node.allocations.get(id);
    if (placement === undefined) return 'orphan';
    if (this.#book.of(id).absences >= LOST_AFTER) return 'order';
    if (placement.unwanted) return 'stop';
    return placement.accepted || placement.started ? 'question' : 'order';
  }

  async #takeTurn(id: string, way: AgentCallQueue): Promise<boolean> {
    if (this.shared.signal.aborted || this.#calls.obsolete) return false;
    try {
      return await this.#attend(id, way);
    } catch (error) {
      // A defect in Muster must not stop the other allocations of this node or the process.
      this.shared.logger.error({
        code: 'dispatcher.defect',
        nodeId: this.node.nodeId,
        allocationId: id,
        err: error,
      });
      this.#book.failed(id);
      this.#waitFor(id, this.#book.of(id).notBefore);
      return false;
    }
  }

  #waitFor(id: string, until: number): void {
    if (this.shared.signal.aborted || this.#calls.obsolete) return;
    this.#waiting.set(id, until);
    if (this.#pause === undefined) void this.#watch();
    else if (until < this.#pause.until) this.#pause.ended.abort();
  }

  async #watch(): Promise<void> {
    const { clock } = this.shared;
    while (this.#waiting.size > 0) {
      let until = Infinity;
      for (const each of this.#waiting.values()) until = Math.min(until, each);
      this.#pause = { until, ended: new AbortController() };
      await clock.sleep(Math.max(0, until - clock.monotonic()), this.#pause.ended.signal);
      const now = clock.monotonic();
      for (const [id, moment] of this.#waiting) {
        if (moment > now) continue;
        this.#waiting.delete(id);
        this.look(id);
      }
    }
    this.#pause = undefined;
  }

  async #attend(id: string, way: AgentCallQueue): Promise<boolean> {
    const { node } = this;
    const placement = node.allocations.get(id);
    const unreachable = this.#unreachable;
    if (placement === undefined) {
      this.#book.forget(id);
      if (this.#orphans.has(id) && !unreachable) await this.#call(way, () => this.#calls.stopOrphan(id));
      return false;
    }
    const dealings = this.#book.of(id);
    if (dealings.absences >= LOST_AFTER && placement.wanted && !unreachable) {
      await this.#calls.lose(placement);
      return true;
    }
    if (dealings.absences >= LOST_AFTER && placement.unwanted && node.endpoint === null) {
      this.#book.present(id);
      await this.#calls.confirmStopped(placement);
      return false;
    }
    const lists = this.shared.telemetry.of(node.nodeId)?.lists;
    const step = nextStep(placement, dealings, {
      protocol: node.protocol,
      unreachable,
      lists,
      now: this.shared.clock.monotonic(),
    });
    switch (step.kind) {
      case 'rest':
        if (placement.ended || (placement.started && node.protocol === 'muster')) this.#book.forget(id);
        return false;
      case 'wait':
        this.#waitFor(id, step.until);
        return false;
      default:
        if (step.kind === 'place' && this.#followsLost(placement)) {
          this.#afterLost.add(id);
          return false;
        }
        await this.#call(way, () => this.#calls[step.kind](placement));
        return true;
    }
  }

  /** Whether the node may still be running the previous allocation of the slot. Two instances could then write to the same working directory. */
  #followsLost({ jobId, group, slot }: Placement): boolean {
    for (const id of this.node.lingering) {
      const lost = this.node.allocations.get(id);
      if (lost?.jobId === jobId && lost.group === group && lost.slot === slot && lost.unwanted) return true;
    }
    return false;
  }

  async #call(way: AgentCallQueue, work: () => Promise<boolean | undefined>): Promise<void> {
    await way.call(async () => {
      if (this.shared.mayCall?.() === false) return undefined;
      if (this.shared.signal.aborted || this.#calls.obsolete || this.node.endpoint === null) return undefined;
      return await work();
    });
  }
}
