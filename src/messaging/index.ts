import { headers, type JetStreamClient, type NatsConnection } from 'nats';
import type { Logger } from 'pino';
import { BackOff } from '#agents/platform/back-off.js';
import type { NatsLink } from '#agents/platform/transport/nats/link.js';
import { eventSubject } from '#agents/platform/transport/nats/subjects.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { categoryOf } from '#domain/kernel/event/index.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import { sourceOf, toPublish, type PublishedEvent } from '#domain/kernel/published-event.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { isInLog, oldestHeld, positionOf } from './start-position.js';
import { DEFAULT_STREAM_BOUNDS, openEventsStream, type StreamBounds } from './stream.js';
import { LeaderElection } from './leader-election.js';

export { BATCH_MS, broadcastOverNats, type Aged, type Broadcast, type BroadcastHost } from './broadcast.js';
export { EVENTS_STREAM, type StreamBounds } from './stream.js';

export interface PublisherOptions {
  readonly store: EventStore;
  readonly catalog: Catalog;
  readonly link: NatsLink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly server: string;
  /** Key that only servers of this log have. It seals the announcements. */
  readonly key: Uint8Array;
  readonly random: () => number;
  readonly stream?: Partial<StreamBounds>;
  /** Interval between announcements to the other servers, in milliseconds. @default 1,000 */
  readonly announceMs?: number;
}

export interface PublisherStatus {
  readonly leading: boolean;
  /** Whether a JetStream stream stores the events. Undefined if this is not known yet. */
  readonly jetstream: boolean | undefined;
  /** Position up to which everything is published, as far as this server can tell. */
  readonly position: bigint | undefined;
  readonly published: number;
  readonly problem: string | undefined;
}

export interface Publisher {
  status(): PublisherStatus;
  stop(): Promise<void>;
}

const WINDOW = 128;
const CONFIRM_MS = 5_000;
/** Number of bytes of a message in addition to its payload. */
const ENVELOPE_BYTES = 1_024;

/**
 * Publishes all events, at least once and in log order. It does not store its position: the servers announce their progress to each other, and the
 * JetStream stream, if any, also shows it. If neither is available, publishing starts with new events: core NATS guarantees nothing to absent
 * subscribers.
 */
export function startPublisher(options: PublisherOptions): Publisher {
  const { store, catalog, link, clock, logger, server, announceMs = 1_000 } = options;
  const bounds: StreamBounds = { ...DEFAULT_STREAM_BOUNDS, ...options.stream };
  const stopping = new AbortController();
  const turn = new LeaderElection({
    link,
    clock,
    logger,
    server,
    source: sourceOf(store.id),
    everyMs: announceMs,
    key: options.key,
    head: async () => await store.head(),
  });
  const backOff = new BackOff(200, 10_000, options.random);
  let connection: NatsConnection | undefined;
  const endConnected = link.onConnected((made) => (connection = made));
  let jetstream: boolean | undefined;
  let published = 0;
  let problem: string | undefined;
  let end: bigint | undefined;

  async function beginning(newest: PublishedEvent | undefined): Promise<bigint | undefined> {
    if (turn.place !== undefined && !(await isInLog(turn.place, store))) {
      logger.warn({ code: 'publisher.not-in-log', position: turn.place.position.toString() });
      turn.forget();
    }
    const place = newest === undefined ? undefined : await positionOf(newest, store);
    if (place !== undefined) turn.advance(place);
    if (turn.place !== undefined) return turn.place.position;
    return jetstream === true ? await oldestHeld(store, bounds, clock.now()) : end;
  }

  async function publishAll(tenure: AbortSignal): Promise<void> {
    if (connection === undefined) throw new Error('no connection to NATS');
    const stream = await openEventsStream(connection, bounds);
    if (jetstream !== (stream !== undefined))
      logger.info({ code: 'publisher.stream', jetstream: stream !== undefined });
    jetstream = stream !== undefined;
    const newest = await stream?.newest();
    const after = await beginning(newest);
    let previous = after;
    for await (const message of store.subscribe({
      ...(after === undefined ? {} : { after }),
      signal: tenure,
    })) {
      if (tenure.aborted) return;
      if (message.kind !== 'events') continue;
      for (let from = 0; from < message.events.length; from += WINDOW) {
        const part = message.events.slice(from, from + WINDOW);
        await publishPart(part, stream?.client);
        backOff.reset();
        problem = undefined;
        const last = part.at(-1);
        if (last !== undefined) {
          turn.advance({
            position: last.position,
            event: { id: last.id, previous: part.at(-2)?.position ?? previous },
          });
          previous = last.position;
        }
        if (tenure.aborted) return;
      }
    }
  }

  async function publishPart(
    events: readonly RecordedEvent[],
    client: JetStreamClient | undefined,
  ): Promise<void> {
    const own = events.filter(catalog.isOurs);
    const confirmations = own.map(async (recorded) => {
      const subject = eventSubject(categoryOf(recorded.stream), recorded.type);
      const sent = headers();
      sent.set('Nats-Msg-Id', recorded.id);
      sent.set('Content-Type', 'application/cloudevents+json; charset=utf-8');
      const payload = payloadOf(recorded);
      if (payload === undefined) return;
      if (client !== undefined)
        await client.publish(subject, payload, { headers: sent, timeout: CONFIRM_MS });
      else if (!link.publish(subject, payload, { headers: sent })) throw new Error('it could not be sent');
    });
    await Promise.all(confirmations);
    if (client === undefined && own.length > 0 && !(await link.flush(CONFIRM_MS)))
      throw new Error('the connection was lost');
    published += own.length;
  }

  /** Returns undefined for an event whose data cannot be read. All folds ignore it too, and `muster verify` names it. */
  function payloadOf(recorded: RecordedEvent): string | undefined {
    const own = catalog.decodeOurs(recorded);
    if (own === undefined) {
      logger.warn({ code: 'publisher.malformed', stream: recorded.stream, revision: recorded.revision });
      return undefined;
    }
    const event = toPublish(own, store.id, catalog.definitionOf(recorded.type)?.version ?? 1);
    const payload = JSON.stringify(event);
    if (Buffer.byteLength(payload) <= link.maxPayload() - ENVELOPE_BYTES) return payload;
    logger.warn({ code: 'publisher.too-large', stream: recorded.stream, revision: recorded.revision });
    return JSON.stringify({ ...event, data: undefined, datawithheld: 'too large' });
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        end = await store.head();
        break;
      } catch {
        await clock.sleep(backOff.next(), stopping.signal);
      }
    }
    for (;;) {
      const tenure = await turn.untilLeading();
      if (tenure === undefined) return;
      try {
        await publishAll(tenure);
      } catch (error) {
        if (stopping.signal.aborted) return;
        problem = error instanceof Error ? error.message : String(error);
        logger.warn({ code: 'publisher.failed', problem });
        // Unknown events are never skipped. Only a newer program can continue.
        if (isMusterError(error, 'MUSTER_E_EVENT_UNKNOWN')) return await turn.stop();
      }
      if (problem !== undefined || !tenure.aborted) await clock.sleep(backOff.next(), stopping.signal);
    }
  }

  const running = run();
  return {
    status: () => ({ leading: turn.leading, jetstream, position: turn.place?.position, published, problem }),
    async stop() {
      stopping.abort();
      endConnected();
      await turn.stop();
      await running;
    },
  };
}
