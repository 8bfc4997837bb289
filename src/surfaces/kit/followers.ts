import { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { isSelfRegistered } from '#domain/accounts/user/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Principal } from '#src/accounts/index.js';
import { goneSignal } from '#agents/platform/listener/index.js';

const CHECK_INTERVAL_MS = 2_000;

export interface FollowerBounds {
  readonly all: number;
  readonly perAccount: number;
}

/** Share of everything that accounts can occupy for long that is reserved for operators, so that they can always monitor the cluster. */
export const OPERATORS_SHARE = 0.25;
/**
 * Share of all streams, and of the calls of each shared thread, that self-registered accounts can occupy together, so that many registrations cannot keep
 * out other accounts.
 */
export const SELF_REGISTERED_SHARE = 0.25;
export const RETRY_AFTER = 5;

interface Follower {
  readonly reply: FastifyReply;
  readonly account: string | undefined;
  readonly selfRegistered: boolean;
  readonly controller: AbortController;
}

/** Limits long-running responses. They end when the client disconnects or loses access, or when the server stops. */
export class Followers {
  readonly #open = new Set<Follower>();
  #looking = new AbortController();
  readonly #stop = new AbortController();
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal = this.#stop.signal;

  constructor(
    private readonly bounds: FollowerBounds,
    private readonly clock: Pick<Clock, 'sleep'>,
  ) {}

  /**
   * Returns a signal that aborts when the connection closes, access ends or the server stops. Throws `MUSTER_E_RATE_LIMITED` if the account's limit
   * is reached, and `MUSTER_E_OVERLOADED` if the total limit is reached.
   */
  admit(reply: FastifyReply): AbortSignal {
    const { principal } = reply.request;
    const account = accountOf(principal);
    const selfRegistered = principal.kind === 'user' && isSelfRegistered(principal);
    this.#refuse(account, selfRegistered);
    const { socket } = reply.raw;
    if (socket instanceof Socket) socket.setTimeout(0);
    const gone = goneSignal(reply);
    if (gone.aborted) return gone;
    const follower = { reply, account, selfRegistered, controller: new AbortController() };
    this.#open.add(follower);
    if (this.#open.size === 1) void this.#checkAccess();
    // Send headers immediately, so that clients of a stream without data can tell that they are connected.
    reply.raw.once('pipe', () => reply.raw.flushHeaders());
    gone.addEventListener('abort', () => {
      this.#open.delete(follower);
      if (this.#open.size === 0) this.#looking.abort();
      follower.controller.abort();
    });
    return follower.controller.signal;
  }

  #refuse(account: string | undefined, selfRegistered: boolean): void {
    const { all, perAccount } = this.bounds;
    const ofAccounts = [...this.#open].filter((each) => each.account !== undefined);
    if (account !== undefined && ofAccounts.filter((each) => each.account === account).length >= perAccount)
      throw new MusterError('MUSTER_E_RATE_LIMITED', {
        what: `streams: this account can follow ${perAccount} at a time`,
        retryAfter: RETRY_AFTER,
      });
    const most = Math.max(1, Math.floor(all * SELF_REGISTERED_SHARE));
    if (selfRegistered && ofAccounts.filter((each) => each.selfRegistered).length >= most)
      throw new MusterError('MUSTER_E_RATE_LIMITED', {
        what: `streams: all self-registered accounts together can follow ${most} at a time`,
        retryAfter: RETRY_AFTER,
      });
    const isFull =
      this.#open.size >= all ||
      (account !== undefined && ofAccounts.length >= all - Math.floor(all * OPERATORS_SHARE));
    if (isFull) throw new MusterError('MUSTER_E_OVERLOADED', { what: 'too many streams are open' });
  }

  end(): void {
    this.#stop.abort();
    for (const { controller } of this.#open) controller.abort();
    this.#open.clear();
    this.#looking.abort();
  }

  async #checkAccess(): Promise<void> {
    const looking = new AbortController();
    this.#looking = looking;
    while (!looking.signal.aborted) {
      await this.clock.sleep(CHECK_INTERVAL_MS, looking.signal);
      if (looking.signal.aborted) return;
      await Promise.all(
        [...this.#open].map(async ({ reply, controller }) => {
          if (await reply.request.mayStill()) return;
          controller.abort();
          reply.raw.destroy();
        }),
      );
    }
  }
}

/** Returns the account whose share is used. Undefined for operators. */
export function accountOf(principal: Principal): string | undefined {
  return principal.kind === 'user' && principal.role !== 'admin' ? principal.userId : undefined;
}
