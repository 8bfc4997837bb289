import { MusterError } from '#domain/kernel/errors/index.js';
import { isSelfRegistered } from '#domain/accounts/user/index.js';
import type { Principal } from '#src/accounts/index.js';
import { BoundedCalls } from '#src/engine/concurrency/index.js';
import { accountOf, OPERATORS_SHARE, RETRY_AFTER, SELF_REGISTERED_SHARE } from './followers.js';

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
  #inProgress = 0;
  #ofSelfRegistered = 0;

  constructor(private readonly bounds: AccountQueueBounds) {}

  /**
   * Runs a call for a principal. Throws `MUSTER_E_RATE_LIMITED` if too many calls of this account are waiting, and `MUSTER_E_OVERLOADED` if accounts
   * use their whole share. Calls of operators are not limited here.
   */
  async run<Result>(principal: Principal, call: () => Promise<Result>): Promise<Result> {
    const account = accountOf(principal);
    if (account === undefined) return await call();
    const queue = this.#queues.get(account) ?? { calls: this.#callsOfAccount(), users: 0 };
    this.#queues.set(account, queue);
    queue.users += 1;
    try {
      const selfRegistered = principal.kind === 'user' && isSelfRegistered(principal);
      return await queue.calls.run(async () => await this.#shared(call, selfRegistered));
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

  async #shared<Result>(call: () => Promise<Result>, selfRegistered: boolean): Promise<Result> {
    const { all, what } = this.bounds;
    if (this.#inProgress >= all - Math.floor(all * OPERATORS_SHARE))
      throw new MusterError('MUSTER_E_OVERLOADED', { what: `too many ${what} are in progress` });
    if (selfRegistered && this.#ofSelfRegistered >= Math.max(1, Math.floor(all * SELF_REGISTERED_SHARE)))
      throw new MusterError('MUSTER_E_OVERLOADED', {
        what: `too many ${what} of self-registered accounts are in progress`,
      });
    this.#inProgress += 1;
    if (selfRegistered) this.#ofSelfRegistered += 1;
    try {
      return await call();
    } finally {
      this.#inProgress -= 1;
      if (selfRegistered) this.#ofSelfRegistered -= 1;
    }
  }
}
