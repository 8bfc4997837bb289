import { parentPort, Worker, type Transferable } from 'node:worker_threads';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { watchThread } from '#src/engine/metrics/index.js';
import { BoundedCalls } from './bounded-calls.js';

type Order<Question> = { readonly kind: 'stop' } | { readonly kind: 'ask'; readonly question: Question };

type Message<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly overloaded: string | undefined; readonly message: string };

export interface OnDemandThreadOptions {
  readonly name: string;
  readonly entry: URL;
  readonly start: () => { readonly workerData: unknown; readonly transferList: readonly Transferable[] };
  /** Maximum number of waiting questions. Each question may take seconds. */
  readonly waiting: number;
  readonly questions: string;
  /** Ends the thread after `ms` milliseconds without a question. Default: never. */
  readonly idle?: { readonly ms: number; readonly clock: Pick<Clock, 'sleep'> };
}

/**
 * A thread that answers one question at a time. The first question starts the thread. After a failure or an idle timeout, the next question starts it
 * again. Throws `MUSTER_E_OVERLOADED` if too many questions are waiting.
 */
export class OnDemandThread<Question, Answer> {
  readonly #calls: BoundedCalls;
  #thread: Thread<Question, Answer> | undefined;
  #busy = new AbortController();
  #isStopped = false;

  constructor(private readonly options: OnDemandThreadOptions) {
    const { waiting, questions } = options;
    this.#calls = new BoundedCalls({ atOnce: 1, waiting }, (count) =>
      overloaded(`${count} ${questions} are waiting`),
    );
  }

  async ask(question: Question): Promise<Answer> {
    return await this.#calls.run(async () => {
      if (this.#isStopped) throw overloaded('the server is stopping');
      this.#busy.abort();
      const thread = (this.#thread ??= new Thread(this.options, (ended) => this.#ended(ended)));
      try {
        return await thread.ask(question);
      } finally {
        this.#endWhenIdle(thread);
      }
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#calls.letGo(overloaded('the server is stopping'));
    this.#busy.abort();
    await this.#thread?.stop();
  }

  #endWhenIdle(thread: Thread<Question, Answer>): void {
    const { idle } = this.options;
    if (idle === undefined || this.#isStopped) return;
    this.#busy = new AbortController();
    const { signal } = this.#busy;
    void idle.clock.sleep(idle.ms, signal).then(async () => {
      if (signal.aborted) return;
      // The next question must not reach a thread that is ending.
      this.#ended(thread);
      await thread.stop();
    });
  }

  #ended(thread: Thread<Question, Answer>): void {
    if (this.#thread === thread) this.#thread = undefined;
  }
}

class Thread<Question, Answer> {
  readonly #worker: Worker;
  readonly #exit: Promise<void>;
  #settle: { resolve(message: Message<Answer>): void; reject(error: Error): void } | undefined;

  constructor(
    { name, entry, start, questions }: OnDemandThreadOptions,
    onExit: (thread: Thread<Question, Answer>) => void,
  ) {
    const { workerData, transferList } = start();
    this.#worker = new Worker(entry, {
      name,
      workerData,
      transferList: [...transferList],
      execArgv: process.execArgv.filter((argument) => argument === '--enable-source-maps'),
    });
    watchThread(name, this.#worker);
    // Other code in the thread also sends messages.
    this.#worker.on('message', (message: Partial<Message<Answer>>) => {
      if (message.kind === 'answered' || message.kind === 'failed')
        this.#settle?.resolve(message as Message<Answer>);
    });
    this.#worker.on('error', (error: Error) => this.#settle?.reject(error));
    this.#exit = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        onExit(this);
        this.#settle?.reject(overloaded(`the thread for ${questions} ended with exit code ${code}`));
        resolve();
      });
    });
  }

  async ask(question: Question): Promise<Answer> {
    const answered = new Promise<Message<Answer>>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#worker.postMessage({ kind: 'ask', question } satisfies Order<Question>);
    const message = await answered;
    if (message.kind === 'answered') return message.answer;
    throw message.overloaded === undefined ? new Error(message.message) : overloaded(message.overloaded);
  }

  async stop(): Promise<void> {
    this.#worker.postMessage({ kind: 'stop' } satisfies Order<Question>);
    await this.#exit;
  }
}

/**
 * Answers the questions that the {@link OnDemandThread} sends to this thread until it is stopped. `end` closes everything that the thread has opened.
 */
export function answerQuestions<Question, Answer>(
  answer: (question: Question) => Promise<Answer>,
  end: () => Promise<void>,
): void {
  const port = parentPort!;
  const carryOut = async (order: Order<Question>): Promise<void> => {
    if (order.kind === 'stop') {
      await end();
      port.close();
      return;
    }
    let message: Message<Answer>;
    try {
      message = { kind: 'answered', answer: await answer(order.question) };
    } catch (error) {
      message = {
        kind: 'failed',
        overloaded: isMusterError(error, 'MUSTER_E_OVERLOADED') ? String(error.fields.what) : undefined,
        message: error instanceof Error ? error.message : String(error),
      };
    }
    port.postMessage(message);
  };
  port.on('message', (order: Order<Question>) => void carryOut(order));
}

function overloaded(what: string): MusterError {
  return new MusterError('MUSTER_E_OVERLOADED', { what });
}
