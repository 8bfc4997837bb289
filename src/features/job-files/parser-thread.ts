import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { deadline } from '#agents/platform/clock/system-clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Hcl2jsonResult } from './hcl2json.js';

/** Timeout for parsing one text, in milliseconds. Only a hostile text takes that long. */
const TIMEOUT_MS = 10_000;
/** Maximum number of texts that may wait for the thread. Any further text is rejected. */
export const MAX_JOB_FILES = 64;
const MAX_TOO_SLOW = 1_000;
const TOO_SLOW: Hcl2jsonResult = { place: { line: 1, column: 1 }, problem: 'takes too long to parse' };
/** The thread ends after it has been idle for this many milliseconds, because the parser never releases memory. */
const IDLE_MS = 15_000;

interface Asked {
  readonly resolve: (result: Hcl2jsonResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs hcl2json in a separate thread, because it pollutes the global object with Go's names, never releases memory, and would block other work while
 * it parses. The thread starts with the first text and ends when it is idle. It does not keep the process alive. It processes one text at a time, so
 * a text that must be aborted does not affect other texts.
 */
class ParserThread {
  readonly #asked = new Map<number, Asked>();
  /** Digests of texts that reached the timeout, so that each of them costs it only once. */
  readonly #tooSlow = new LRUCache<string, true>({ max: MAX_TOO_SLOW });
  #worker: Worker | undefined;
  #number = 0;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  async parse(text: string): Promise<Hcl2jsonResult> {
    const digest = createHash('sha256').update(text).digest('base64');
    if (this.#tooSlow.has(digest)) return TOO_SLOW;
    if (this.#waiting >= MAX_JOB_FILES)
      throw new MusterError('MUSTER_E_OVERLOADED', { what: 'too many job files are waiting to be parsed' });
    this.#waiting += 1;
    const turn = this.#last.then(
      async () => await this.#parse(text),
      async () => await this.#parse(text),
    );
    this.#last = turn;
    try {
      const result = await turn;
      if (result === TOO_SLOW) this.#tooSlow.set(digest, true);
      return result;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #parse(text: string): Promise<Hcl2jsonResult> {
    const worker = (this.#worker ??= this.#begin());
    worker.ref();
    const number = (this.#number += 1);
    const late = (): void => {
      this.#asked.get(number)?.resolve(TOO_SLOW);
      this.#end(worker, new Error('the HCL parser took too long'));
    };
    const limit = deadline(TIMEOUT_MS);
    limit.addEventListener('abort', late);
    try {
      return await new Promise<Hcl2jsonResult>((resolve, reject) => {
        this.#asked.set(number, { resolve, reject });
        worker.postMessage({ number, text });
      });
    } finally {
      limit.removeEventListener('abort', late);
      this.#asked.delete(number);
      if (this.#asked.size === 0) this.#rest(worker, number);
    }
  }

  #begin(): Worker {
    const worker = new Worker(new URL('./thread.js', import.meta.url), {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    worker.on('message', ({ number, result }: { number: number; result: Hcl2jsonResult }) =>
      this.#asked.get(number)?.resolve(result),
    );
    worker.on('error', (error) => this.#end(worker, error));
    worker.on('exit', () => this.#end(worker, new Error('the HCL parser ended')));
    return worker;
  }

  /** `last` is the number of the latest text, so that the idle timeout applies only if no other text followed. */
  #rest(worker: Worker, last: number): void {
    worker.unref();
    deadline(IDLE_MS).addEventListener('abort', () => {
      if (this.#number === last) this.#end(worker, new Error('the HCL parser ended'));
    });
  }

  #end(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#asked.values()) reject(error);
    void worker.terminate();
  }
}

const thread = new ParserThread();

export async function parseHclApart(text: string): Promise<Hcl2jsonResult> {
  return await thread.parse(text);
}
