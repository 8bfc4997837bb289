import type { Logger } from 'pino';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { catalogOf } from '#domain/kernel/catalog/index.js';
import { streamName } from '#domain/kernel/event/index.js';
import type { LeaseEvent } from '#domain/kernel/lease/events.js';
import { leases } from '#domain/kernel/lease/stream.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Ids } from '#domain/kernel/ports/ids.js';

const { decodeOurs, encode } = catalogOf(leases);

export interface LeaseOptions {
  readonly name: string;
  readonly holder: string;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly termMs: number;
}

/** A period during which this server holds the lease. Its signal aborts at the end. */
export interface Tenure {
  readonly signal: AbortSignal;
  /** Must be checked before each action. Also ends the tenure if its time is up. */
  holds(): boolean;
}

/** The work during a tenure. Resolves once all of it has ended, some time after the tenure's signal aborts. */
export type TenuredWork = (tenure: Tenure) => Promise<void>;

interface Newest {
  readonly id: string;
  readonly type: LeaseEvent['type'];
  readonly holder: string;
}

interface Standing {
  readonly revision: number | undefined;
  readonly newest: Newest | undefined;
}

/**
 * Elects one holder at a time, using only the log. The server whose append to `lease-<name>` at the exact revision succeeds holds the lease for a
 * term, counted from the start of the append. A different server may try only after it has seen no new event for a whole term. Both servers use their
 * own monotonic clocks, so terms never overlap. While the log is unreachable, the term expires.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #stream: string;
  #until = -Infinity;
  #tenure: AbortController | undefined;
  #working: Promise<void> = Promise.resolve();
  #isUnreachable = false;
  #seen: { readonly id: string; readonly at: number } | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#stream = streamName('lease', options.name);
  }

  get held(): boolean {
    if (this.#tenure !== undefined && this.#options.clock.monotonic() >= this.#until)
      this.#end('its term has expired');
    return this.#tenure !== undefined;
  }

  /** Competes for the lease until the signal aborts, and runs the work during each tenure. Releases the lease once the work has ended. */
  async run(signal: AbortSignal, work: TenuredWork): Promise<void> {
    const { clock, termMs, logger, name } = this.#options;
    while (!signal.aborted) {
      const again = await this.#step(work).then(
        (repeat) => {
          this.#isUnreachable = false;
          return repeat;
        },
        (error: unknown) => {
          // Once, when it begins: a log to which nothing can be appended stays so until an operator acts.
          if (!this.#isUnreachable)
            logger.warn({
              code: 'lease.unreachable',
              lease: name,
              problem: error instanceof Error ? error.message : String(error),
            });
          this.#isUnreachable = true;
          return false;
        },
      );
      if (!again)
        await clock.sleep(
          this.held ? Math.min(termMs / 3, this.#until - clock.monotonic()) : termMs / 6,
          signal,
        );
    }
    const held = this.held;
    this.#end('this server is stopping');
    await this.#working;
    if (held) await this.#release().catch(() => undefined);
  }

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
    this.#working = this.#working
      .then(async () => await work(own))
      .catch((error: unknown) => logger.error({ code: 'lease.defect', lease: name, err: error }));
  }

  /** Ends the tenure when its time is up, even if a renewal hangs. */
  async #watch(tenure: AbortController): Promise<void> {
    const { clock } = this.#options;
    while (!tenure.signal.aborted && this.held)
      await clock.sleep(Math.max(1, this.#until - clock.monotonic()), tenure.signal);
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
    if (newest?.holder === this.#options.holder && newest.type !== 'LeaseReleased')
      await this.#append('LeaseReleased', standing);
  }

  async #standing(): Promise<Standing> {
    let revision: number | undefined;
    for (let limit = 1; ; limit *= 16) {
      let read = 0;
      for await (const page of this.#options.store.readStream(this.#stream, {
        direction: 'backwards',
        limit,
      })) {
        for (const recorded of page) {
          read += 1;
          revision ??= recorded.revision;
          const event = decodeOurs(recorded);
          if (event !== undefined)
            return { revision, newest: { id: event.id, type: event.type, holder: event.data.holder } };
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
      {
        $correlationId: holder,
        $causationId: newest?.id ?? holder,
        at: clock.now(),
        actor: `server:${holder}`,
      },
    );
    // Each append has a new id: a renewal must not be mistaken for an earlier one.
    await store.append({ stream: this.#stream, expected, events: [{ id: ids.uuid(), ...encoded }] });
  }
}
