import { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { MusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';

/** Milliseconds between two looks at who may still follow. */
const LOOK_MS = 2_000;

interface Follower {
  readonly reply: FastifyReply;
  readonly controller: AbortController;
}

/** Answers that go on until their client leaves, loses the right to them, or the server ends: a bounded number at once. */
export class Followers {
  readonly #open = new Set<Follower>();
  #looking = new AbortController();

  constructor(
    private readonly bound: number,
    private readonly clock: Pick<Clock, 'sleep'>,
  ) {}

  /**
   * A signal that aborts when the reply's connection closes, the caller's rights end or the server does. Throws `MUSTER_E_OVERLOADED` where
   * there are too many already.
   */
  admit(reply: FastifyReply): AbortSignal {
    if (this.#open.size >= this.bound) throw new MusterError('MUSTER_E_OVERLOADED', { what: 'too many streams are followed' });
    const { socket } = reply.raw;
    // A silent stream is no idle connection.
    if (socket instanceof Socket) socket.setTimeout(0);
    const follower = { reply, controller: new AbortController() };
    this.#open.add(follower);
    if (this.#open.size === 1) void this.#look();
    // Who follows what is silent learns at once that he follows it.
    reply.raw.once('pipe', () => reply.raw.flushHeaders());
    reply.raw.once('close', () => {
      this.#open.delete(follower);
      if (this.#open.size === 0) this.#looking.abort();
      follower.controller.abort();
    });
    return follower.controller.signal;
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
