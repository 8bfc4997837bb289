import PQueue from 'p-queue';
import type { LimitFunction } from 'p-limit';

/** Calls of one way that are under way at once to an agent that answers. */
const MOST_AT_ONCE = 4;

/** Bounds how much is under way at once to all agents together. */
export interface AgentCallQueuePools {
  readonly answering: LimitFunction;
  /** For agents that did not answer the last call, so that they do not hold up the others. */
  readonly suspects: LimitFunction;
}

/**
 * Calls to one agent, the urgent ones first. One at a time until it answers, twice as many after each answer, and one again after a
 * call without an answer: an agent that hangs takes up little.
 */
export class AgentCallQueue {
  readonly #queue = new PQueue({ concurrency: 1 });
  #unanswered = 0;

  constructor(private readonly pools: AgentCallQueuePools) {}

  get suspect(): boolean {
    return this.#unanswered > 0;
  }

  /** Works on it when its turn comes; of the same priority in the order in which they came. */
  add(priority: number, work: () => Promise<void>): void {
    void this.#queue.add(work, { priority });
  }

  /** Calls the agent. `call` answers whether the agent answered; undefined: it was not asked. */
  async call(call: () => Promise<boolean | undefined>): Promise<void> {
    const pool = this.suspect ? this.pools.suspects : this.pools.answering;
    const answered = await pool(call);
    if (answered === undefined) return;
    this.#unanswered = answered ? 0 : this.#unanswered + 1;
    this.#queue.concurrency = answered ? Math.min(MOST_AT_ONCE, this.#queue.concurrency * 2) : 1;
  }

  /** It is another agent, or the same one at another place. */
  trust(): void {
    this.#unanswered = 0;
  }

  clear(): void {
    this.#queue.clear();
  }

  /** Resolves when nothing is under way. */
  async onIdle(): Promise<void> {
    await this.#queue.onIdle();
  }
}
