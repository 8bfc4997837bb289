import { isSettled, nextStep, UNTOUCHED } from '#domain/dispatch/next-step.js';
import type { PlacedNode } from '#domain/dispatch/placement.js';
import { Calls, type Shared } from './calls.js';
import { DealingsBook } from './dealings-book.js';
import { RETRY } from './options.js';
import { Strays } from './strays.js';

/** Times in a row, a heartbeat apart, that an agent must not have what it acknowledged. */
const LOST_AFTER = 2;
/** Strays of one heartbeat that are told to stop; the others come with the next. */
const STRAYS_AT_ONCE = 100;

/** One node's calls, one after the other. It works while there is something to do and then waits for news. */
export class Lane {
  readonly #book: DealingsBook;
  readonly #calls: Calls;
  readonly #strays = new Strays();
  readonly #queue = new Set<string>();
  /** Monotonic milliseconds at which to look again, by allocation. */
  readonly #waiting = new Map<string, number>();
  #seen: { readonly epoch: number; readonly endpoint: string | null; readonly down: boolean };
  #pause: AbortController | undefined;
  #working: Promise<void> | undefined;

  constructor(
    readonly node: PlacedNode,
    private readonly shared: Shared,
  ) {
    const { epoch, endpoint, down } = node;
    this.#seen = { epoch, endpoint, down };
    this.#book = new DealingsBook(shared.clock, shared.retry ?? RETRY);
    this.#calls = new Calls(node, shared, this.#book);
  }

  get busy(): boolean {
    return this.#working !== undefined;
  }

  /** Whether the last call to its agent brought no answer. */
  get suspect(): boolean {
    return this.#calls.unanswered > 0;
  }

  /** Ends its pause, where the dispatcher stops or the cluster was cleared. Resolves when nothing is under way any more. */
  async end(): Promise<void> {
    this.#pause?.abort();
    await this.#working;
  }

  /** Everything that was there before this process began: nobody knows which orders were sent. */
  adopt(sentAt: number): void {
    for (const { allocationId, accepted, started } of this.node.allocations.values()) {
      if (!accepted && !started) this.#book.change(allocationId, { ...UNTOUCHED, order: 'unknown', sentAt });
      this.#queue.add(allocationId);
    }
    this.#wake();
  }

  /** Something of the allocation changed. */
  look(allocationId: string): void {
    if (this.#unreachable) {
      // Looked at when the node is another, or back.
      if (!this.node.allocations.has(allocationId)) this.#book.forget(allocationId);
      return;
    }
    this.#waiting.delete(allocationId);
    this.#queue.add(allocationId);
    this.#wake();
  }

  /** Something of the node changed. Where it is another agent, another place or back again, all is looked at anew. */
  lookAtNode(): void {
    const { epoch, endpoint, down, protocol } = this.node;
    const before = this.#seen;
    if (before.epoch === epoch && before.endpoint === endpoint && before.down === down) return;
    this.#seen = { epoch, endpoint, down };
    this.#calls.unanswered = 0;
    this.#strays.clear();
    for (const id of this.node.allocations.keys()) {
      // Another incarnation of our agent was given no hint yet. What a basic one was sent stays sent.
      if (this.#book.has(id)) this.#book.change(id, { failures: 0, notBefore: 0, ...(protocol === 'muster' ? { order: 'none' } : {}) });
      this.#queue.add(id);
    }
    this.#waiting.clear();
    this.#wake();
  }

  /** The agent was heard. `listed`: what it named, where it named what it has. */
  heard(listed: readonly string[] | undefined): void {
    if (this.node.endpoint === null) this.#infer(new Set(listed));
    if (this.node.protocol !== 'basic' || this.node.endpoint === null) return;
    if (listed === undefined) {
      for (const { allocationId, ended } of this.node.allocations.values()) if (!ended && !this.#waiting.has(allocationId)) this.#queue.add(allocationId);
    } else {
      this.#compare(new Set(listed));
    }
    for (const id of this.#waiting.keys()) {
      const dealings = this.#book.of(id);
      if (dealings.order !== 'unknown' || !isSettled(dealings, this.#calls.heardAt, this.shared.requestTimeoutMs)) continue;
      this.#book.change(id, { notBefore: 0 });
      this.look(id);
    }
    this.#wake();
  }

  /** Nobody can be called there, so what should stop and is not heard of has not begun, or is over. */
  #infer(listed: ReadonlySet<string>): void {
    for (const { allocationId, unwanted } of this.node.allocations.values()) {
      if (!unwanted) continue;
      if (listed.has(allocationId)) this.#book.present(allocationId);
      else if (this.#book.absent(allocationId, LOST_AFTER)) this.#queue.add(allocationId);
    }
    this.#wake();
  }

  /** Nobody can be called: the node is down, or has no endpoint. */
  get #unreachable(): boolean {
    return this.node.down || this.node.endpoint === null;
  }

  #compare(listed: ReadonlySet<string>): void {
    for (const { allocationId, wanted, accepted, started } of this.node.allocations.values()) {
      if (listed.has(allocationId)) this.#book.present(allocationId);
      else if (wanted && (accepted || started) && this.#book.absent(allocationId, LOST_AFTER)) this.#queue.add(allocationId);
    }
    const now = this.shared.clock.monotonic();
    let strays = 0;
    for (const id of listed) {
      if (strays >= STRAYS_AT_ONCE) break;
      if (this.node.allocations.has(id) || !this.#strays.notice(id, now)) continue;
      this.#queue.add(id);
      strays += 1;
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
    while (!signal.aborted && !this.#calls.obsolete) {
      const [id] = this.#queue;
      if (id !== undefined) {
        this.#queue.delete(id);
        try {
          if (await this.#attend(id)) this.#queue.add(id);
        } catch (error) {
          // A defect of ours must stop neither this node's other allocations nor the process.
          this.shared.logger.error({ code: 'dispatcher.defect', nodeId: this.node.nodeId, allocationId: id, err: error });
          this.#book.failed(id);
          this.#waiting.set(id, this.#book.of(id).notBefore);
        }
        continue;
      }
      let next = Infinity;
      for (const until of this.#waiting.values()) next = Math.min(next, until);
      if (next === Infinity) return;
      this.#pause = new AbortController();
      await clock.sleep(Math.max(0, next - clock.monotonic()), this.#pause.signal);
      this.#pause = undefined;
      const now = clock.monotonic();
      for (const [waiting, until] of this.#waiting) {
        if (until > now) continue;
        this.#waiting.delete(waiting);
        this.look(waiting);
      }
    }
    this.#queue.clear();
  }

  /** Does what is next to do about one allocation. Answers whether there may be more. */
  async #attend(id: string): Promise<boolean> {
    const { node } = this;
    const placement = node.allocations.get(id);
    const unreachable = this.#unreachable;
    if (placement === undefined) {
      this.#book.forget(id);
      if (this.#strays.has(id) && !unreachable) await this.#call(() => this.#calls.stopStray(id));
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
    const step = nextStep(placement, dealings, { protocol: node.protocol, unreachable, lists, now: this.shared.clock.monotonic() });
    switch (step.kind) {
      case 'rest':
        if (placement.ended || (placement.started && node.protocol === 'muster')) this.#book.forget(id);
        return false;
      case 'wait':
        this.#waiting.set(id, step.until);
        return false;
      default:
        await this.#call(() => this.#calls[step.kind](placement));
        return true;
    }
  }

  async #call(work: () => Promise<void>): Promise<void> {
    const pool = this.suspect ? this.shared.suspects : this.shared.pool;
    await pool.run(async () => {
      // Asking may itself end the dispatcher: its time is up then.
      if (this.shared.mayCall?.() === false) return;
      if (!this.shared.signal.aborted && !this.#calls.obsolete && this.node.endpoint !== null) await work();
    });
  }
}
