import type { Clock } from '#domain/kernel/ports/clock.js';
import { CommandRefusedError } from '../../checks/reach.js';

/** An archive must move on by this much while a copy waits for the other end, in bytes. */
const PACE_BYTES = 1_048_576;
/** How long the copy waits for that, in milliseconds. A reader may pause for as long as the server lets it. */
const PACES = { arrived: 60_000, 'was read': 300_000 } as const;
/** Longest time of a backup, and of a restore until it replaces the volume, in milliseconds. */
const MAX_COPY_MS = 6 * 3_600_000;

/**
 * Ends a copy whose other end is too slow, because each copy keeps others from being made. Only the time counts in which the copy waits for the other
 * end: what the daemon has yet to send or take is not its fault.
 */
export class CopyPace {
  readonly #startedAt: number;
  readonly #over = new AbortController();
  /** Aborts when the copy is to end. */
  readonly signal: AbortSignal = this.#over.signal;
  #waitingSince: number | undefined;
  /** Time that was waited, and bytes that came or went meanwhile, since the last {@link PACE_BYTES}. */
  #waited = 0;
  #bytes = 0;

  constructor(
    private readonly clock: Pick<Clock, 'monotonic' | 'sleep'>,
    /** What the archive does at the other end. */
    private readonly doing: keyof typeof PACES,
  ) {
    this.#startedAt = clock.monotonic();
  }

  /** Why the copy is to end, or undefined. */
  get problem(): CommandRefusedError | undefined {
    return this.signal.aborted ? (this.signal.reason as CommandRefusedError) : undefined;
  }

  /** Aborts the signal once the copy is too slow, or has taken too long. Resolves then, and when `over` aborts. */
  async watch(over: AbortSignal): Promise<void> {
    const longest = PACES[this.doing];
    while (!over.aborted && !this.signal.aborted) {
      await this.clock.sleep(longest / 8, over);
      if (over.aborted) return;
      const now = this.clock.monotonic();
      const waited = this.#waited + now - (this.#waitingSince ?? now);
      if (now - this.#startedAt >= MAX_COPY_MS)
        this.#end(`it took longer than ${MAX_COPY_MS / 3_600_000} hours`);
      else if (waited >= longest)
        this.#end(`less than 1 MiB of the archive ${this.doing} in ${longest / 1000} seconds`);
    }
  }

  /** Yields what the other end sends. */
  async *sent(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.#wait();
    for await (const piece of pieces) {
      this.#moved(piece.length);
      yield piece;
      this.#wait();
    }
    this.#moved(0);
  }

  /** Yields what the other end takes. Throws when it is too slow. */
  async *taken(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.#wait();
      yield piece;
      this.#moved(piece.length);
      if (this.problem !== undefined) throw this.problem;
    }
  }

  #wait(): void {
    this.#waitingSince = this.clock.monotonic();
  }

  #moved(bytes: number): void {
    const now = this.clock.monotonic();
    this.#waited += now - (this.#waitingSince ?? now);
    this.#waitingSince = undefined;
    this.#bytes += bytes;
    if (this.#bytes < PACE_BYTES) return;
    this.#bytes = 0;
    this.#waited = 0;
  }

  #end(what: string): void {
    const other = this.doing === 'arrived' ? 'from' : 'to';
    this.#over.abort(
      new CommandRefusedError(
        `${what}, so it was ended: repeat it ${other} a file on a fast disk and network`,
      ),
    );
  }
}
