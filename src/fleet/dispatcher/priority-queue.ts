import { AgentCallQueue, type AgentCallQueuePools } from './agent-call-queue.js';

export type Urgency = 'order' | 'question' | 'stop' | 'orphan';

const PRIORITY: Readonly<Record<Urgency, number>> = { order: 3, question: 2, stop: 1, orphan: 0 };

/** Starting and stopping have separate limits, because a container that stops slowly must not delay orders. */
export interface Pools {
  readonly running: AgentCallQueuePools;
  readonly ending: AgentCallQueuePools;
}

export interface Handler {
  urgencyOf(allocationId: string): Urgency;
  handle(allocationId: string, way: AgentCallQueue): Promise<boolean>;
}

export class PriorityQueue {
  readonly #running: AgentCallQueue;
  readonly #ending: AgentCallQueue;
  readonly #queued = new Map<string, Urgency>();
  readonly #underWay = new Set<string>();
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
    this.#queued.set(allocationId, urgency);
    const way = urgency === 'order' || urgency === 'question' ? this.#running : this.#ending;
    way.add(PRIORITY[urgency], () => this.#take(allocationId, urgency, way));
  }

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
