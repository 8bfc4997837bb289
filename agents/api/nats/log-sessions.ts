import { randomUUID } from 'node:crypto';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { OpenedLog } from '../../queries/agent-queries.js';

/** One chunk of a log, at most {@link CHUNK_BYTES} bytes long. Empty if a followed log has no new output. */
export interface LogChunk {
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

const MAX_SESSIONS = 256;
const IDLE_MS = 60_000;
const SILENCE_MS = 2_000;
export const CHUNK_BYTES = 131_072;

/** A log that is being fetched. The session holds at most one chunk and reads only on request. */
class LogSession {
  usedAt: number;
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** A read that did not finish in time for its chunk. Its result belongs to the next chunk. */
  #reading: Promise<IteratorResult<Uint8Array>> | undefined;
  #number = -1;
  #current: Promise<LogChunk> | undefined;
  /** Bytes that did not fit into the previous chunk. */
  #rest: Uint8Array = new Uint8Array();

  constructor(
    log: OpenedLog,
    readonly abort: AbortController,
    private readonly clock: Clock,
  ) {
    this.#chunks = log.chunks[Symbol.asyncIterator]();
    this.usedAt = clock.monotonic();
  }

  /** Returns the same chunk if it is called again with the same number. Requesting the next number discards the chunk. */
  chunk(number: number): Promise<LogChunk> {
    this.usedAt = this.clock.monotonic();
    if (number === this.#number && this.#current !== undefined) return this.#current;
    if (number !== this.#number + 1)
      throw new MusterError('MUSTER_E_INVALID', {
        field: 'chunk',
        problem: `must be ${this.#number} or ${this.#number + 1}`,
      });
    const before = this.#current;
    this.#number = number;
    this.#current = (async () => {
      if ((await before)?.last === true) return { bytes: new Uint8Array(), last: true };
      return await this.#read();
    })();
    // The callers handle the failure. Without a caller, an unhandled rejection must not end the process.
    this.#current.catch(() => undefined);
    return this.#current;
  }

  async #read(): Promise<LogChunk> {
    if (this.#rest.length > 0) return { bytes: this.#take(this.#rest), last: false };
    this.#reading ??= this.#chunks.next();
    const over = new AbortController();
    const read = this.#reading;
    const result = await Promise.race([
      read,
      this.clock.sleep(SILENCE_MS, AbortSignal.any([over.signal, this.abort.signal])).then(() => undefined),
    ]);
    over.abort();
    this.usedAt = this.clock.monotonic();
    if (result === undefined) return { bytes: new Uint8Array(), last: this.abort.signal.aborted };
    this.#reading = undefined;
    return result.done === true
      ? { bytes: new Uint8Array(), last: true }
      : { bytes: this.#take(result.value), last: false };
  }

  #take(bytes: Uint8Array): Uint8Array {
    this.#rest = bytes.subarray(CHUNK_BYTES);
    return bytes.subarray(0, CHUNK_BYTES);
  }
}

export class LogSessions {
  readonly #sessions = new Map<string, LogSession>();

  constructor(
    private readonly clock: Clock,
    private readonly life: AbortSignal,
  ) {}

  open(log: (signal: AbortSignal) => OpenedLog): { readonly cursor: string; readonly task: string } {
    this.#closeIdle();
    if (this.#sessions.size >= MAX_SESSIONS)
      throw new MusterError('MUSTER_E_OVERLOADED', { what: `${MAX_SESSIONS} logs are already being read` });
    const abort = new AbortController();
    const opened = log(AbortSignal.any([abort.signal, this.life]));
    const cursor = randomUUID();
    this.#sessions.set(cursor, new LogSession(opened, abort, this.clock));
    return { cursor, task: opened.task };
  }

  async chunk(cursor: string, number: number): Promise<LogChunk> {
    const session = this.#sessions.get(cursor);
    if (session === undefined)
      throw new MusterError('MUSTER_E_INVALID', {
        field: 'cursor',
        problem: 'is not the cursor of an open log',
      });
    return await session.chunk(number);
  }

  close(cursor: string): void {
    this.#sessions.get(cursor)?.abort.abort();
    this.#sessions.delete(cursor);
  }

  async run(): Promise<void> {
    while (!this.life.aborted) {
      await this.clock.sleep(IDLE_MS / 4, this.life);
      this.#closeIdle();
    }
    for (const cursor of [...this.#sessions.keys()]) this.close(cursor);
  }

  get size(): number {
    return this.#sessions.size;
  }

  #closeIdle(): void {
    const now = this.clock.monotonic();
    for (const [cursor, session] of this.#sessions) if (now - session.usedAt > IDLE_MS) this.close(cursor);
  }
}
