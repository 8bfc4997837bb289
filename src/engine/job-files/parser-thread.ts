import { Worker } from 'node:worker_threads';
import { deadline } from '#agents/clock/system-clock.js';
import type { Hcl2jsonResult } from './hcl2json.js';

/** Timeout in milliseconds; no text within the size limit needs that long. */
const TIMEOUT_MS = 10_000;
/** The thread ends after this many idle milliseconds, because the parser never releases memory. */
const IDLE_MS = 15_000;

interface Asked {
  readonly resolve: (result: Hcl2jsonResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs hcl2json in a separate thread: it pollutes the global object with Go's names, never releases memory, and would block other work while it
 * parses. The thread starts with the first text and ends when idle; it does not keep the process alive.
 */
class ParserThread {
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | undefined;
  #number = 0;

  async parse(text: string): Promise<Hcl2jsonResult> {
    const worker = (this.#worker ??= this.#begin());
    worker.ref();
    const number = (this.#number += 1);
    const late = (): void => this.#end(worker, new Error('the parser of HCL took too long'));
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
    worker.on('exit', () => this.#end(worker, new Error('the parser of HCL ended')));
    return worker;
  }

  /** `last`: number of the newest question, so that the idle timeout applies only if no other followed. */
  #rest(worker: Worker, last: number): void {
    worker.unref();
    deadline(IDLE_MS).addEventListener('abort', () => {
      if (this.#number === last) this.#end(worker, new Error('the parser of HCL ended'));
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

/** Parses HCL. Rejects if the parser crashed, or took more than ten seconds. */
export async function parseHclApart(text: string): Promise<Hcl2jsonResult> {
  return await thread.parse(text);
}
