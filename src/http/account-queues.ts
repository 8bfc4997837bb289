import { MusterError } from '#domain/kernel/errors/index.js';
import { exceededBound, type Occupant } from '#domain/kernel/fair-share.js';
import type { Principal } from '#src/accounts/index.js';
import { BoundedCalls } from '#src/engine/concurrency/index.js';
import { occupantOf, RETRY_AFTER } from './followers.js';

export interface AccountQueueBounds {
  /** Number of calls that the thread accepts, in progress and waiting. */
  readonly all: number;
  readonly what: string;
}

/** Maximum number of one account's calls that the thread has at a time. Further ones wait here, so they do not delay other accounts. */
const AT_ONCE = 2;
const WAITING = 16;

interface Queue {
  readonly calls: BoundedCalls;
  users: number;
}

/**
 * Shares a thread among accounts. The thread has one short queue for all callers, so without this, one account could keep it full, and everyone else,
 * including operators, would be refused.
 */
export class AccountQueues {
  readonly #queues = new Map<string, Queue>();
  readonly #inProgress = new Set<{ readonly occupant: Occupant }>();

  constructor(private readonly bounds: AccountQueueBounds) {}

  /**
   * Runs a call for a principal. Throws `MUSTER_E_RATE_LIMITED` if too many calls of this account are waiting, and `MUSTER_E_OVERLOADED` if accounts
   * use their whole share. Calls of operators are not limited here.
   */
  async run<Result>(principal: Principal, call: () => Promise<Result>): Promise<Result> {
    const occupant = occupantOf(principal);
    if (occupant === 'operator') return await call();
    const { account } = occupant;
    const queue = this.#queues.get(account) ?? { calls: this.#callsOfAccount(), users: 0 };
    this.#queues.set(account, queue);
    queue.users += 1;
    try {
      return await queue.calls.run(async () => await this.#shared(call, occupant));
    } finally {
      queue.users -= 1;
      if (queue.users === 0) this.#queues.delete(account);
    }
  }

  #callsOfAccount(): BoundedCalls {
    return new BoundedCalls(
      { atOnce: AT_ONCE, waiting: WAITING },
      () =>
        new MusterError('MUSTER_E_RATE_LIMITED', {
          what: `${this.bounds.what}: this account can have ${AT_ONCE + WAITING} at a time`,
          retryAfter: RETRY_AFTER,
        }),
    );
  }

  async #shared<Result>(call: () => Promise<Result>, occupant: Occupant): Promise<Result> {
    const { all, what } = this.bounds;
    const occupants = [...this.#inProgress].map((each) => each.occupant);
    const exceeded = exceededBound(occupant, occupants, { all, perAccount: AT_ONCE });
    if (exceeded !== undefined) {
      const whose = exceeded === 'selfRegistered' ? ' of self-registered accounts' : '';
      throw new MusterError('MUSTER_E_OVERLOADED', { what: `too many ${what}${whose} are in progress` });
    }
    const entry = { occupant };
    this.#inProgress.add(entry);
    try {
      return await call();
    } finally {
      this.#inProgress.delete(entry);
    }
  }
}
