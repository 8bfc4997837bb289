import type { Logger } from 'pino';
import type { NatsLink } from '#agents/platform/transport/nats/link.js';
import { parseMessage } from '#agents/platform/transport/nats/message.js';
import { PUBLISHER_SUBJECT } from '#agents/platform/transport/nats/subjects.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { ServerMessages } from './server-messages.js';
import type { PublishedPosition } from './start-position.js';
import { publisherAnnouncement, type PublisherAnnouncement } from '#domain/protocol/index.js';

export interface LeaderElectionOptions {
  readonly link: NatsLink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly server: string;
  readonly source: string;
  readonly everyMs: number;
  /** Key that only servers of this log have. */
  readonly key: Uint8Array;
  /** Newest position of the log. */
  readonly head: () => Promise<bigint | undefined>;
}

const MAX_MISSED_ANNOUNCEMENTS = 3;
/** Number of intervals after which a server that publishes nothing is passed over, although the log grows. */
const MAX_IDLE_INTERVALS = 20;
/** Number of intervals after which it may lead again. */
const PASSED_OVER_INTERVALS = 600;

/** Another server that announces itself. Times are those of the monotonic clock, in milliseconds. */
interface Candidate {
  heardAt: number;
  position?: bigint | undefined;
  /** Newest position of the log when this server was first heard from. */
  headAtFirst?: bigint | undefined;
  /** Since when the log has had newer events than this server announces. */
  idleSince?: number | undefined;
  passedOverUntil?: number;
}

/**
 * Elects the server that publishes: the one with the smallest name among those that announce themselves. A server that connects listens first. Two
 * servers may lead for a moment, or on both sides of a network split. Events are then published twice rather than not at all. A server that announces
 * itself but publishes nothing is passed over.
 */
export class LeaderElection {
  readonly #heard = new Map<string, Candidate>();
  readonly #messages: ServerMessages;
  readonly #stopping = new AbortController();
  readonly #running: Promise<unknown>;
  readonly #ends: (() => void)[] = [];
  #listeningSince: number | undefined;
  #tenure: AbortController | undefined;
  #changed = new AbortController();
  #place: PublishedPosition | undefined;

  constructor(private readonly options: LeaderElectionOptions) {
    const { link, clock, logger } = options;
    this.#messages = new ServerMessages(options);
    const subscription = this.#messages.subscribe(PUBLISHER_SUBJECT, (message) => {
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
    this.#running = Promise.all([this.#announce(), this.#watch()]);
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
    const candidate = this.#heard.get(server) ?? { heardAt: 0 };
    const announced = position === undefined ? undefined : BigInt(position);
    if (announced !== candidate.position) candidate.idleSince = undefined;
    candidate.position = announced;
    candidate.heardAt = this.options.clock.monotonic();
    this.#heard.set(server, candidate);
    if (leading && position !== undefined)
      this.advance({
        position: BigInt(position),
        ...(id !== undefined && {
          event: { id, previous: previous === undefined ? undefined : BigInt(previous) },
        }),
      });
    if (server < this.options.server && !this.#isPassedOver(candidate)) this.#yield();
  }

  #isPassedOver({ passedOverUntil = 0 }: Candidate): boolean {
    return this.options.clock.monotonic() < passedOverUntil;
  }

  /** Passes over servers that would lead, but publish nothing while the log grows. Nothing is concluded while the log cannot be read. */
  async #watch(): Promise<void> {
    const { clock, everyMs, server, head, logger } = this.options;
    while (!this.#stopping.signal.aborted) {
      const first = [...this.#heard].filter(
        ([other, candidate]) => other < server && !this.#isPassedOver(candidate),
      );
      const newest = first.length === 0 ? undefined : await head().catch(() => undefined);
      const now = clock.monotonic();
      for (const [other, candidate] of first) {
        if (newest === undefined) continue;
        candidate.headAtFirst ??= newest;
        const isBehind = newest > candidate.headAtFirst && newest > (candidate.position ?? 0n);
        candidate.idleSince = isBehind ? (candidate.idleSince ?? now) : undefined;
        if (candidate.idleSince === undefined || now - candidate.idleSince <= MAX_IDLE_INTERVALS * everyMs)
          continue;
        candidate.passedOverUntil = now + PASSED_OVER_INTERVALS * everyMs;
        candidate.idleSince = undefined;
        logger.warn({
          code: 'publisher.passed-over',
          server: other,
          position: candidate.position?.toString(),
        });
      }
      await clock.sleep(everyMs, this.#stopping.signal);
    }
  }

  async #announce(): Promise<void> {
    const { link, clock, logger, server, source, everyMs } = this.options;
    while (!this.#stopping.signal.aborted) {
      const now = clock.monotonic();
      const { connected } = link.status();
      for (const [other, { heardAt }] of this.#heard)
        if (now - heardAt > MAX_MISSED_ANNOUNCEMENTS * everyMs) this.#heard.delete(other);
      const listened =
        connected &&
        this.#listeningSince !== undefined &&
        now - this.#listeningSince > MAX_MISSED_ANNOUNCEMENTS * everyMs;
      const first = ![...this.#heard].some(
        ([other, candidate]) => other < server && !this.#isPassedOver(candidate),
      );
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
        this.#messages.publish(PUBLISHER_SUBJECT, announcement);
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
