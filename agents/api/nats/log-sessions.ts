import { randomUUID } from 'node:crypto';
import { MusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';
import type { OpenedLog } from '../../queries/agent-queries.js';

/** One chunk of a log: as many bytes as are there, up to a bound; none where a followed log is silent. */
export interface LogChunk {
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/** Logs read at once by those who ask this agent over NATS. */
const MOST_SESSIONS = 256;
/** One that nobody fetches from for so long is closed. */
const IDLE_MS = 60_000;
/** How long a chunk is waited for in a followed log that is silent. */
const SILENCE_MS = 2_000;
/** Bytes of a chunk. */
export const CHUNK_BYTES = 131_072;

/** One log that is being fetched. At most one chunk is held, and nothing is read before it is asked for. */
class LogSession {
  usedAt: number;
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** A read that was begun for a chunk and not finished in time: the next chunk has it. */
  #reading: Promise<IteratorResult<Uint8Array>> | undefined;
  #number = -1;
  #current: Promise<LogChunk> | undefined;
  /** Read and too much for the last chunk. */
  #rest: Uint8Array = new Uint8Array();

  constructor(
    log: OpenedLog,
    readonly abort: AbortController,
    private readonly clock: Clock,
  ) {
    this.#chunks = log.chunks[Symbol.asyncIterator]();
    this.usedAt = clock.monotonic();
  }

  /** The same number answers the same chunk; the next number lets go of it. */
  chunk(number: number): Promise<LogChunk> {
    this.usedAt = this.clock.monotonic();
    if (number === this.#number && this.#current !== undefined) return this.#current;
    if (number !== this.#number + 1) throw new MusterError('MUSTER_E_INVALID', { field: 'chunk', problem: `must be ${this.#number} or ${this.#number + 1}` });
    const before = this.#current;
    this.#number = number;
    this.#current = (async () => {
      if ((await before)?.last === true) return { bytes: new Uint8Array(), last: true };
      return await this.#read();
    })();
    // Who waits for it learns of a failure; a session that nobody waits on must not end the process.
    this.#current.catch(() => undefined);
    return this.#current;
  }

  async #read(): Promise<LogChunk> {
    if (this.#rest.length > 0) return { bytes: this.#take(this.#rest), last: false };
    this.#reading ??= this.#chunks.next();
    const over = new AbortController();
    const read = this.#reading;
    const result = await Promise.race([read, this.clock.sleep(SILENCE_MS, AbortSignal.any([over.signal, this.abort.signal])).then(() => undefined)]);
    over.abort();
    this.usedAt = this.clock.monotonic();
    if (result === undefined) return { bytes: new Uint8Array(), last: this.abort.signal.aborted };
    this.#reading = undefined;
    return result.done === true ? { bytes: new Uint8Array(), last: true } : { bytes: this.#take(result.value), last: false };
  }

  #take(bytes: Uint8Array): Uint8Array {
    this.#rest = bytes.subarray(CHUNK_BYTES);
    return bytes.subarray(0, CHUNK_BYTES);
  }
}

/** The logs that are fetched from this agent, chunk by chunk. */
export class LogSessions {
  readonly #sessions = new Map<string, LogSession>();

  constructor(
    private readonly clock: Clock,
    private readonly life: AbortSignal,
  ) {}

  /** Opens one; what it is fetched with. */
  open(log: (signal: AbortSignal) => OpenedLog): { readonly cursor: string; readonly task: string } {
    this.#closeIdle();
    if (this.#sessions.size >= MOST_SESSIONS) throw new MusterError('MUSTER_E_OVERLOADED', { what: `${MOST_SESSIONS} logs are being read` });
    const abort = new AbortController();
    const opened = log(AbortSignal.any([abort.signal, this.life]));
    const cursor = randomUUID();
    this.#sessions.set(cursor, new LogSession(opened, abort, this.clock));
    return { cursor, task: opened.task };
  }

  async chunk(cursor: string, number: number): Promise<LogChunk> {
    const session = this.#sessions.get(cursor);
    if (session === undefined) throw new MusterError('MUSTER_E_INVALID', { field: 'cursor', problem: 'is not of a log that is open here' });
    return await session.chunk(number);
  }

  close(cursor: string): void {
    this.#sessions.get(cursor)?.abort.abort();
    this.#sessions.delete(cursor);
  }

  /** Closes what nobody fetches from any more, every so often, until the agent ends; then all. */
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
