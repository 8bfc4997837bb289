import { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { MusterError } from '#domain/errors/index.js';

/** Answers that go on until their client leaves or the server ends: a bounded number at once. */
export class Followers {
  readonly #open = new Set<AbortController>();

  constructor(private readonly bound: number) {}

  /**
   * A signal that aborts when the reply's connection closes or the server ends. Throws `MUSTER_E_OVERLOADED` where
   * there are too many already.
   */
  admit(reply: FastifyReply): AbortSignal {
    if (this.#open.size >= this.bound) throw new MusterError('MUSTER_E_OVERLOADED', { what: 'too many streams are followed' });
    const { socket } = reply.raw;
    // A silent stream is no idle connection.
    if (socket instanceof Socket) socket.setTimeout(0);
    const controller = new AbortController();
    this.#open.add(controller);
    // Who follows what is silent learns at once that he follows it.
    reply.raw.once('pipe', () => reply.raw.flushHeaders());
    reply.raw.once('close', () => {
      this.#open.delete(controller);
      controller.abort();
    });
    return controller.signal;
  }

  end(): void {
    for (const controller of this.#open) controller.abort();
    this.#open.clear();
  }
}
