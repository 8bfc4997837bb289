import type { Logger } from 'pino';
import type { NatsLink } from '#agents/platform/transport/nats/link.js';
import { parseMessage } from '#agents/platform/transport/nats/message.js';
import { PUBLISHER_SUBJECT } from '#agents/platform/transport/nats/subjects.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { PublishedPosition } from './start-position.js';
import { publisherAnnouncement, type PublisherAnnouncement } from '#domain/protocol/index.js';

export interface LeaderElectionOptions {
  readonly link: NatsLink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly server: string;
  readonly source: string;
  readonly everyMs: number;
}

const MAX_MISSED_ANNOUNCEMENTS = 3;

/**
 * Elects the server that publishes: the one with the smallest name among those that announce themselves. A server that connects listens first. Two
 * servers may lead for a moment, or on both sides of a network split. Events are then published twice rather than not at all.
 */
export class LeaderElection {
  readonly #heard = new Map<string, number>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  readonly #ends: (() => void)[] = [];
  #listeningSince: number | undefined;
  #tenure: AbortController | undefined;
  #changed = new AbortController();
  #place: PublishedPosition | undefined;

  constructor(private readonly options: LeaderElectionOptions) {
    const { link, clock, logger } = options;
    const subscription = link.subscribe(PUBLISHER_SUBJECT, undefined, (message) => {
      try {
        this.#hear(parseMessage(message, publisherAnnouncement));
      } catch (error) {
        logger.warn({
          code: 'publisher.announcement-malformed',
          problem: error instanceof Error ? error.message : String(error),
        });
      }
    });
    // After an interruption, the server listens first, because it may have missed announcements.
    const endConnected = link.onConnected(() => {
      this.#listeningSince = clock.monotonic();
      this.#heard.clear();
      this.#yield();
    });
    this.#ends.push(() => subscription.end(), endConnected);
    this.#running = this.#announce();
  }

  get place(): PublishedPosition | undefined {
    return this.#place;
  }

  get leading(): boolean {
    return this.#tenure !== undefined;
  }

  advance(place: PublishedPosition): void {
    if (this.#place === undefined || place.position > this.#place.position) this.#place = place;
  }

  forget(): void {
    this.#place = undefined;
  }

  async untilLeading(): Promise<AbortSignal | undefined> {
    while (!this.#stopping.signal.aborted) {
      if (this.#tenure !== undefined) return this.#tenure.signal;
      await this.options.clock.sleep(3_600_000, this.#changed.signal);
    }
    return undefined;
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) end();
    this.#stopping.abort();
    this.#yield();
    this.#wake();
    await this.#running;
  }

  #hear({ server, source, leading, position, event_id: id, previous }: PublisherAnnouncement): void {
    if (server === this.options.server || source !== this.options.source) return;
    this.#heard.set(server, this.options.clock.monotonic());
    if (leading && position !== undefined)
      this.advance({
        position: BigInt(position),
        ...(id !== undefined && {
          event: { id, previous: previous === undefined ? undefined : BigInt(previous) },
        }),
      });
    if (server < this.options.server) this.#yield();
  }

  async #announce(): Promise<void> {
    const { link, clock, logger, server, source, everyMs } = this.options;
    while (!this.#stopping.signal.aborted) {
      const now = clock.monotonic();
      const { connected } = link.status();
      for (const [other, at] of this.#heard)
        if (now - at > MAX_MISSED_ANNOUNCEMENTS * everyMs) this.#heard.delete(other);
      const listened =
        connected &&
        this.#listeningSince !== undefined &&
        now - this.#listeningSince > MAX_MISSED_ANNOUNCEMENTS * everyMs;
      const first = ![...this.#heard.keys()].some((other) => other < server);
      if (!connected) this.#yield();
      else if (listened && first && this.#tenure === undefined) {
        this.#tenure = new AbortController();
        logger.info({ code: 'publisher.leads', position: this.#place?.position.toString() });
        this.#wake();
      }
      if (connected) {
        const announcement: PublisherAnnouncement = {
          server,
          source,
          leading: this.leading,
          ...(this.#place !== undefined && announced(this.#place)),
        };
        link.publish(PUBLISHER_SUBJECT, JSON.stringify(announcement));
      }
      await clock.sleep(everyMs, this.#stopping.signal);
    }
  }

  #yield(): void {
    this.#tenure?.abort();
    this.#tenure = undefined;
  }

  #wake(): void {
    this.#changed.abort();
    this.#changed = new AbortController();
  }
}

function announced({
  position,
  event,
}: PublishedPosition): Pick<PublisherAnnouncement, 'position' | 'event_id' | 'previous'> {
  if (event === undefined) return { position: position.toString() };
  return {
    position: position.toString(),
    event_id: event.id,
    ...(event.previous !== undefined && { previous: event.previous.toString() }),
  };
}
