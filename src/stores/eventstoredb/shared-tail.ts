import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Batch } from './batches.js';
import type { LiveTail } from './live-tail.js';

type Request =
  | { readonly kind: 'follow'; readonly id: number; readonly after: bigint | undefined }
  | { readonly kind: 'next'; readonly id: number }
  | { readonly kind: 'leave'; readonly id: number };

/** `problem`: why the tail has failed. Undefined: it has ended, for example because the reader is too slow. */
type Reply =
  | { readonly id: number; readonly batch: Batch }
  | { readonly id: number; readonly problem: string | undefined };

/** Lets another thread read a live tail through the returned port, so that each event is received and decoded only once in this process. */
export function shareTail(tail: Pick<LiveTail, 'follow'>): MessagePort {
  const { port1: port, port2 } = new MessageChannel();
  const followers = new Map<
    number,
    { readonly batches: AsyncGenerator<Batch>; readonly stop: AbortController }
  >();
  const leave = (id: number): void => {
    const follower = followers.get(id);
    followers.delete(id);
    follower?.stop.abort();
    // A follower that has taken a batch and asked for no other does not notice the signal by itself.
    void follower?.batches.return(undefined).catch(() => undefined);
  };
  const next = async (id: number): Promise<Reply> => {
    try {
      const step = await followers.get(id)?.batches.next();
      return step === undefined || step.done === true
        ? { id, problem: undefined }
        : { id, batch: step.value };
    } catch (error) {
      return { id, problem: error instanceof Error ? error.message : String(error) };
    }
  };
  port.on('message', (request: Request) => {
    if (request.kind === 'leave') leave(request.id);
    else if (request.kind === 'next') void next(request.id).then((reply) => port.postMessage(reply));
    else {
      const stop = new AbortController();
      followers.set(request.id, { batches: tail.follow(request.after, stop.signal), stop });
    }
  });
  port.on('close', () => {
    for (const id of [...followers.keys()]) leave(id);
  });
  port.unref();
  return port2;
}

/** The live tail of another thread of this process. */
export class SharedTail {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, (reply: Reply | undefined) => void>();
  #last = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (reply: Reply) => {
      this.#answer(reply.id, reply);
    });
    port.on('close', () => {
      for (const id of [...this.#waiting.keys()]) this.#answer(id, undefined);
    });
    port.unref();
  }

  /** Yields batches like a subscription that has caught up. Ends like {@link LiveTail.follow}. Throws `MUSTER_E_STORE_UNAVAILABLE` if the tail fails. */
  async *follow(after: bigint | undefined, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
    this.#last += 1;
    const id = this.#last;
    const stop = (): void => this.#answer(id, undefined);
    signal.addEventListener('abort', stop, { once: true });
    this.#request({ kind: 'follow', id, after });
    try {
      yield { events: [], caughtUp: true };
      while (!signal.aborted) {
        const reply = await new Promise<Reply | undefined>((resolve) => {
          this.#waiting.set(id, resolve);
          this.#request({ kind: 'next', id });
        });
        if (reply === undefined) return;
        if ('batch' in reply) yield reply.batch;
        else if (reply.problem === undefined) return;
        else throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: reply.problem });
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.#request({ kind: 'leave', id });
    }
  }

  close(): void {
    this.#port.close();
  }

  #answer(id: number, reply: Reply | undefined): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(reply);
  }

  #request(request: Request): void {
    this.#port.postMessage(request);
  }
}
