import { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';
import { goneSignal } from '#agents/listener/index.js';

/** Milliseconds between two looks at who may still follow. */
const LOOK_MS = 2_000;

/** Streams that are followed at once. */
export interface FollowerBounds {
  readonly all: number;
  /** Of one account that is not an administrator's. */
  readonly perAccount: number;
}

/** The part of all streams that only operators may take: they see what happens however much is followed. */
const OPERATORS_SHARE = 0.25;
/** Seconds after which a client that has too many may try again. */
const RETRY_AFTER = 5;

interface Follower {
  readonly reply: FastifyReply;
  /** Whose it is; undefined: an operator's. */
  readonly account: string | undefined;
  readonly controller: AbortController;
}

/** Answers that go on until their client leaves, loses the right to them, or the server ends: a bounded number at once. */
export class Followers {
  readonly #open = new Set<Follower>();
  #looking = new AbortController();

  constructor(
    private readonly bounds: FollowerBounds,
    private readonly clock: Pick<Clock, 'sleep'>,
  ) {}

  /**
   * A signal that aborts when the reply's connection closes, the caller's rights end or the server does. Throws `MUSTER_E_RATE_LIMITED` where
   * the account follows too many already, `MUSTER_E_OVERLOADED` where all together do.
   */
  admit(reply: FastifyReply): AbortSignal {
    const account = accountOf(reply.request);
    this.#refuse(account);
    const { socket } = reply.raw;
    // A silent stream is no idle connection.
    if (socket instanceof Socket) socket.setTimeout(0);
    const gone = goneSignal(reply);
    if (gone.aborted) return gone;
    const follower = { reply, account, controller: new AbortController() };
    this.#open.add(follower);
    if (this.#open.size === 1) void this.#look();
    // Who follows what is silent learns at once that he follows it.
    reply.raw.once('pipe', () => reply.raw.flushHeaders());
    gone.addEventListener('abort', () => {
      this.#open.delete(follower);
      if (this.#open.size === 0) this.#looking.abort();
      follower.controller.abort();
    });
    return follower.controller.signal;
  }

  #refuse(account: string | undefined): void {
    const { all, perAccount } = this.bounds;
    const ofAccounts = [...this.#open].filter((each) => each.account !== undefined);
    if (account !== undefined && ofAccounts.filter((each) => each.account === account).length >= perAccount)
      throw new MusterError('MUSTER_E_RATE_LIMITED', {
        what: `streams are followed by this account, which may follow ${perAccount} at once`,
        retryAfter: RETRY_AFTER,
      });
    const isFull = this.#open.size >= all || (account !== undefined && ofAccounts.length >= all - Math.floor(all * OPERATORS_SHARE));
    if (isFull) throw new MusterError('MUSTER_E_OVERLOADED', { what: 'too many streams are followed' });
  }

  end(): void {
    for (const { controller } of this.#open) controller.abort();
    this.#open.clear();
    this.#looking.abort();
  }

  /** While anybody follows: whose rights have ended is cut off, with what he has not read yet. */
  async #look(): Promise<void> {
    const looking = new AbortController();
    this.#looking = looking;
    while (!looking.signal.aborted) {
      await this.clock.sleep(LOOK_MS, looking.signal);
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

/** Undefined: an administrator, or the operator's own connection. */
function accountOf({ principal }: FastifyRequest): string | undefined {
  return principal.kind === 'user' && principal.role !== 'admin' ? principal.userId : undefined;
}
