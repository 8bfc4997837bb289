import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { CallError } from './reach.js';

export interface PatternQuestion {
  readonly pattern: string;
  readonly text: string;
}
export type PatternAnswer = boolean | 'ready';

const MATCH_MS = 1000;
const HEAP_MIB = 128;

/**
 * Matches bodies against patterns outside the agent's main thread, within a second. RE2 limits the time to pattern size × text size, and the timeout
 * covers the remaining cases.
 */
export class BodyPatterns {
  #turn: Promise<unknown> = Promise.resolve();
  #thread: Worker | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly life: AbortSignal,
  ) {
    life.addEventListener('abort', () => void this.#drop(), { once: true });
  }

  matches(pattern: string, text: string): Promise<boolean> {
    const answer = this.#turn.then(() => this.#ask({ pattern, text }));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #ask(question: PatternQuestion): Promise<boolean> {
    const thread = (this.#thread ??= await this.#start());
    thread.postMessage(question);
    const answer = await this.#next(thread);
    if (answer !== undefined) return answer === true;
    await this.#drop();
    throw new CallError(`matching body_regex against the response took longer than ${MATCH_MS / 1000} s`);
  }

  async #start(): Promise<Worker> {
    const thread = new Worker(new URL('./body-pattern-thread.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    });
    thread.unref();
    thread.on('error', () => undefined);
    await Promise.race([once(thread, 'message'), once(thread, 'exit')]);
    return thread;
  }

  async #next(thread: Worker): Promise<PatternAnswer | undefined> {
    const over = new AbortController();
    try {
      return await Promise.race([
        once(thread, 'message', { signal: over.signal }).then(([answer]: PatternAnswer[]) => answer),
        once(thread, 'exit', { signal: over.signal }).then(() => undefined),
        this.clock.sleep(MATCH_MS, AbortSignal.any([over.signal, this.life])).then(() => undefined),
      ]);
    } catch {
      return undefined;
    } finally {
      over.abort();
    }
  }

  async #drop(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }
}
