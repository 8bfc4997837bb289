import type { Logger } from 'pino';
import { isMusterError } from '#domain/errors/index.js';
import { decodeOurs, encode } from '#domain/event-types/index.js';
import { streamName } from '#domain/event/index.js';
import type { LeaseEvent } from '#domain/lease/events.js';
import type { Clock } from '#domain/ports/clock.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { Ids } from '#domain/ports/ids.js';

export interface LeaseOptions {
  /** What is held. */
  readonly name: string;
  /** This server: the same after each start on one data directory, whose lock proves that the former process is gone. */
  readonly holder: string;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Milliseconds for which one append holds. */
  readonly termMs: number;
}

/** A time during which this server holds it. Aborted when that ends. */
export interface Tenure {
  readonly signal: AbortSignal;
  /** Asked before each deed: also ends the tenure where its time is up and no timer has said so yet. */
  holds(): boolean;
}

/** The work of a tenure: resolves once nothing of it is under way any more, some time after the tenure's signal. */
export type TenuredWork = (tenure: Tenure) => Promise<void>;

interface Newest {
  readonly id: string;
  readonly type: LeaseEvent['type'];
  readonly holder: string;
}

/** What the stream holds. */
interface Standing {
  /** Of its last event, which may be somebody else's; undefined: it has none. */
  readonly revision: number | undefined;
  /** The last of the lease's own. */
  readonly newest: Newest | undefined;
}

/**
 * One holder at a time, by the log alone: the one who appends to `lease-<name>` at the exact revision holds it for a term from the moment
 * the append *began*; another may only try after it has *seen* nothing new for a whole term. Both measure by their own monotonic
 * clock, so that the terms never overlap. Where the log is away the term runs out.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #stream: string;
  #until = -Infinity;
  #tenure: AbortController | undefined;
  #working: Promise<void> = Promise.resolve();
  #seen: { readonly id: string; readonly at: number } | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#stream = streamName('lease', options.name);
  }

  get held(): boolean {
    if (this.#tenure !== undefined && this.#options.clock.monotonic() >= this.#until) this.#end('its term has run out');
    return this.#tenure !== undefined;
  }

  /** Tries until the signal aborts; does the work each time that it is this server's turn. Gives the lease back when the work has ended. */
  async run(signal: AbortSignal, work: TenuredWork): Promise<void> {
    const { clock, termMs, logger, name } = this.#options;
    while (!signal.aborted) {
      const again = await this.#step(work).catch((error: unknown) => {
        logger.warn({ code: 'lease.unreachable', lease: name, problem: error instanceof Error ? error.message : String(error) });
        return false;
      });
      if (!again) await clock.sleep(this.held ? Math.min(termMs / 3, this.#until - clock.monotonic()) : termMs / 6, signal);
    }
    const held = this.held;
    this.#end('this server stops');
    await this.#working;
    if (held) await this.#release().catch(() => undefined);
  }

  /** One look and at most one append. Answers whether to look again at once. */
  async #step(work: TenuredWork): Promise<boolean> {
    const { clock, holder, termMs } = this.#options;
    const began = clock.monotonic();
    const standing = await this.#standing();
    const { newest } = standing;
    const own = newest?.holder === holder && newest.type !== 'LeaseReleased';
    const free = newest === undefined || newest.type === 'LeaseReleased';
    if (!own && !free) {
      this.#end('another server has taken it');
      if (this.#seen?.id !== newest.id) this.#seen = { id: newest.id, at: clock.monotonic() };
      if (clock.monotonic() - this.#seen.at <= termMs) return false;
    }
    try {
      await this.#append(own ? 'LeaseRenewed' : 'LeaseTaken', standing);
    } catch (error) {
      if (isMusterError(error, 'MUSTER_E_WRONG_REVISION')) return true;
      throw error;
    }
    this.#until = began + termMs;
    if (this.#tenure === undefined) this.#begin(work);
    return false;
  }

  #begin(work: TenuredWork): void {
    const { logger, name } = this.#options;
    const tenure = new AbortController();
    this.#tenure = tenure;
    logger.info({ code: 'lease.held', lease: name });
    void this.#watch(tenure);
    const own = { signal: tenure.signal, holds: () => this.held && this.#tenure === tenure };
    this.#working = this.#working.then(async () => await work(own)).catch((error: unknown) => logger.error({ code: 'lease.defect', lease: name, err: error }));
  }

  /** Ends the tenure when its time is up, also while a renewal hangs. */
  async #watch(tenure: AbortController): Promise<void> {
    const { clock } = this.#options;
    while (!tenure.signal.aborted && this.held) await clock.sleep(Math.max(1, this.#until - clock.monotonic()), tenure.signal);
  }

  #end(reason: string): void {
    const tenure = this.#tenure;
    if (tenure === undefined) return;
    this.#tenure = undefined;
    this.#options.logger.info({ code: 'lease.ended', lease: this.#options.name, reason });
    tenure.abort();
  }

  async #release(): Promise<void> {
    const standing = await this.#standing();
    const { newest } = standing;
    if (newest?.holder === this.#options.holder && newest.type !== 'LeaseReleased') await this.#append('LeaseReleased', standing);
  }

  async #standing(): Promise<Standing> {
    let revision: number | undefined;
    // Nearly always the last event is ours; only behind foreign ones more is read.
    for (let limit = 1; ; limit *= 16) {
      let read = 0;
      for await (const page of this.#options.store.readStream(this.#stream, { direction: 'backwards', limit })) {
        for (const recorded of page) {
          read += 1;
          revision ??= recorded.revision;
          const event = decodeOurs(recorded);
          if (event?.type === 'LeaseTaken' || event?.type === 'LeaseRenewed' || event?.type === 'LeaseReleased') {
            return { revision, newest: { id: event.id, type: event.type, holder: event.data.holder } };
          }
        }
      }
      if (read < limit) return { revision, newest: undefined };
    }
  }

  async #append(type: LeaseEvent['type'], { revision, newest }: Standing): Promise<void> {
    const { clock, holder, ids, name, store } = this.#options;
    const expected = revision ?? 'no_stream';
    const encoded = encode(
      { type, data: { name, holder } },
      { $correlationId: holder, $causationId: newest?.id ?? holder, at: clock.now(), actor: `server:${holder}` },
    );
    // Never the same id twice: a renewal must not pass for one that stood there before this one began.
    await store.append({ stream: this.#stream, expected, events: [{ id: ids.uuid(), ...encoded }] });
  }
}
