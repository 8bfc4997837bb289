import {
  DiscardPolicy,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
} from 'nats';
import { ALL_EVENTS_SUBJECT } from '#agents/platform/transport/nats/subjects.js';
import { publishedEvent, type PublishedEvent } from '#domain/kernel/published-event.js';

export interface StreamBounds {
  readonly maxAgeSeconds: number;
  readonly maxBytes: number;
  readonly duplicateWindowSeconds: number;
}

export const DEFAULT_STREAM_BOUNDS: StreamBounds = {
  maxAgeSeconds: 604_800,
  maxBytes: 268_435_456,
  duplicateWindowSeconds: 120,
};

export const EVENTS_STREAM = 'MUSTER_EVENTS';

/** JetStream's error codes if it is not available for this account (`JSNotEnabledErr`, `JSNotEnabledForAccountErr`). */
const NOT_ENABLED = new Set([10076, 10039]);
const NO_STREAM = 10059;
const NO_MESSAGE = 10037;

export interface EventsStream {
  readonly client: JetStreamClient;
  newest(): Promise<PublishedEvent | undefined>;
}

/** Creates or updates the stream. Returns undefined if this NATS does not provide JetStream. Throws if JetStream does not respond. */
export async function openEventsStream(
  connection: NatsConnection,
  bounds: StreamBounds,
): Promise<EventsStream | undefined> {
  if (connection.info?.jetstream !== true) return undefined;
  let manager: JetStreamManager;
  try {
    manager = await connection.jetstreamManager();
  } catch (error) {
    if (NOT_ENABLED.has(apiCode(error) ?? 0)) return undefined;
    throw error;
  }
  const wanted = {
    max_age: nanos(bounds.maxAgeSeconds * 1000),
    max_bytes: bounds.maxBytes,
    duplicate_window: nanos(Math.min(bounds.duplicateWindowSeconds, bounds.maxAgeSeconds) * 1000),
  };
  const info = await manager.streams.info(EVENTS_STREAM).catch((error: unknown) => {
    if (apiCode(error) === NO_STREAM) return undefined;
    throw error;
  });
  if (info === undefined) {
    await manager.streams.add({
      name: EVENTS_STREAM,
      description:
        'Events of Muster as CloudEvents, retained for a limited time for subscribers that were not connected',
      subjects: [ALL_EVENTS_SUBJECT],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      ...wanted,
    });
  } else if (
    Object.entries(wanted).some(([name, value]) => info.config[name as keyof typeof wanted] !== value)
  ) {
    await manager.streams.update(EVENTS_STREAM, { ...info.config, ...wanted });
  }
  return { client: connection.jetstream(), newest: () => newestOf(manager) };
}

async function newestOf(manager: JetStreamManager): Promise<PublishedEvent | undefined> {
  const { state } = await manager.streams.info(EVENTS_STREAM);
  if (state.messages === 0) return undefined;
  try {
    const message = await manager.streams.getMessage(EVENTS_STREAM, { seq: state.last_seq });
    return publishedEvent.safeParse(message.json()).data;
  } catch (error) {
    if (apiCode(error) === NO_MESSAGE || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function apiCode(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined;
}
