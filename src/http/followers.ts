import { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { isSelfRegistered } from '#domain/accounts/user/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import {
  exceededBound,
  placesOfSelfRegistered,
  type Occupant,
  type PlaceBounds,
} from '#domain/kernel/fair-share.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Principal } from '#src/accounts/index.js';
import { goneSignal } from '#agents/platform/listener/index.js';

const CHECK_INTERVAL_MS = 2_000;

export const RETRY_AFTER = 5;

interface Follower {
  readonly reply: FastifyReply;
  readonly occupant: Occupant;
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
    private readonly bounds: PlaceBounds,
    private readonly clock: Pick<Clock, 'sleep'>,
  ) {}

  /**
   * Returns a signal that aborts when the connection closes, access ends or the server stops. Throws `MUSTER_E_RATE_LIMITED` if the account's limit
   * is reached, and `MUSTER_E_OVERLOADED` if the total limit is reached.
   */
  admit(reply: FastifyReply): AbortSignal {
    const { principal } = reply.request;
    const occupant = occupantOf(principal);
    this.#refuse(occupant);
    const { socket } = reply.raw;
    if (socket instanceof Socket) socket.setTimeout(0);
    const gone = goneSignal(reply);
    if (gone.aborted) return gone;
    const follower = { reply, occupant, controller: new AbortController() };
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

  #refuse(occupant: Occupant): void {
    const occupants = [...this.#open].map((each) => each.occupant);
    const exceeded = exceededBound(occupant, occupants, this.bounds);
    if (exceeded === undefined) return;
    if (exceeded === 'all')
      throw new MusterError('MUSTER_E_OVERLOADED', { what: 'too many streams are open' });
    const { all, perAccount } = this.bounds;
    const whose =
      exceeded === 'account'
        ? `this account can follow ${perAccount}`
        : `all self-registered accounts together can follow ${placesOfSelfRegistered(all)}`;
    throw new MusterError('MUSTER_E_RATE_LIMITED', {
      what: `streams: ${whose} at a time`,
      retryAfter: RETRY_AFTER,
    });
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

/** Returns whose share a caller uses: that of its account, or that of operators. */
export function occupantOf(
  principal: Principal,
): 'operator' | { readonly account: string; readonly selfRegistered: boolean } {
  if (principal.kind !== 'user' || principal.role === 'admin') return 'operator';
  return { account: principal.userId, selfRegistered: isSelfRegistered(principal) };
}
