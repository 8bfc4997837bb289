import { AgentCallQueue, type AgentCallQueuePools } from './agent-call-queue.js';

/** What is to be done about an allocation. Orders go first, then questions; stops do not wait for them, and strays go last. */
export type Urgency = 'order' | 'question' | 'stop' | 'stray';

const PRIORITY: Readonly<Record<Urgency, number>> = { order: 3, question: 2, stop: 1, stray: 0 };

/** What runs and what ends: a container that takes its time to stop holds up no order. */
export interface Pools {
  readonly running: AgentCallQueuePools;
  readonly ending: AgentCallQueuePools;
}

/** What the turns are taken for. */
export interface Handler {
  urgencyOf(allocationId: string): Urgency;
  /** Does what is next. Answers whether there may be more to do. */
  handle(allocationId: string, way: AgentCallQueue): Promise<boolean>;
}

/** Who is next on one node: several allocations at once, each of them one at a time. */
export class PriorityQueue {
  readonly #running: AgentCallQueue;
  readonly #ending: AgentCallQueue;
  readonly #queued = new Map<string, Urgency>();
  readonly #underWay = new Set<string>();
  /** Something more came up while it had its turn. */
  readonly #again = new Set<string>();

  constructor(
    pools: Pools,
    private readonly attendance: Handler,
  ) {
    this.#running = new AgentCallQueue(pools.running);
    this.#ending = new AgentCallQueue(pools.ending);
  }

  get idle(): boolean {
    return this.#queued.size + this.#underWay.size === 0;
  }

  get suspect(): boolean {
    return this.#running.suspect || this.#ending.suspect;
  }

  add(allocationId: string): void {
    if (this.#underWay.has(allocationId)) {
      this.#again.add(allocationId);
      return;
    }
    const urgency = this.attendance.urgencyOf(allocationId);
    if (this.#queued.get(allocationId) === urgency) return;
    // Where it was queued as something else, that turn finds it gone.
    this.#queued.set(allocationId, urgency);
    const way = urgency === 'order' || urgency === 'question' ? this.#running : this.#ending;
    way.add(PRIORITY[urgency], () => this.#take(allocationId, urgency, way));
  }

  /** It is another agent, or the same one at another place. */
  trust(): void {
    this.#running.trust();
    this.#ending.trust();
  }

  clear(): void {
    this.#queued.clear();
    this.#again.clear();
    this.#running.clear();
    this.#ending.clear();
  }

  /** Resolves when nothing is under way. */
  async onIdle(): Promise<void> {
    await Promise.all([this.#running.onIdle(), this.#ending.onIdle()]);
  }

  async #take(allocationId: string, urgency: Urgency, way: AgentCallQueue): Promise<void> {
    if (this.#queued.get(allocationId) !== urgency) return;
    this.#queued.delete(allocationId);
    this.#underWay.add(allocationId);
    const more = await this.attendance.handle(allocationId, way);
    this.#underWay.delete(allocationId);
    if (this.#again.delete(allocationId) || more) this.add(allocationId);
  }
}
