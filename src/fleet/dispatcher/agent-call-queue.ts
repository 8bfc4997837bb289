import PQueue from 'p-queue';
import type { LimitFunction } from 'p-limit';

const MAX_CONCURRENCY = 4;

export interface AgentCallQueuePools {
  readonly answering: LimitFunction;
  /** Separate pool for agents that did not respond to the last call, so that they do not delay the others. */
  readonly suspects: LimitFunction;
}

/**
 * Queue of calls to one agent, by priority. Concurrency starts at one, doubles after each response and drops to one after a failure, so that an agent
 * that hangs occupies few slots.
 */
export class AgentCallQueue {
  readonly #queue = new PQueue({ concurrency: 1 });
  #unanswered = 0;

  constructor(private readonly pools: AgentCallQueuePools) {}

  get suspect(): boolean {
    return this.#unanswered > 0;
  }

  add(priority: number, work: () => Promise<void>): void {
    void this.#queue.add(work, { priority });
  }

  async call(call: () => Promise<boolean | undefined>): Promise<void> {
    const pool = this.suspect ? this.pools.suspects : this.pools.answering;
    const answered = await pool(call);
    if (answered === undefined) return;
    this.#unanswered = answered ? 0 : this.#unanswered + 1;
    this.#queue.concurrency = answered ? Math.min(MAX_CONCURRENCY, this.#queue.concurrency * 2) : 1;
  }

  trust(): void {
    this.#unanswered = 0;
  }

  clear(): void {
    this.#queue.clear();
  }

  async onIdle(): Promise<void> {
    await this.#queue.onIdle();
  }
}
