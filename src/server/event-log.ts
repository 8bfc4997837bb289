import { systemClock } from '#agents/clock/system-clock.js';
import { CLUSTER_STREAM, SCHEDULER_STREAM } from '#domain/event/index.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { Settings } from './settings/settings.js';
import {
  assertNext,
  openEsdbEventStore,
  openSqliteEventStore,
  type DataDirectoryLock,
  type EsdbEventStore,
  type EventStoreHandle,
} from '#src/engine/event-store/index.js';
import { acceptEmbeddedLog, acceptLogOf, rememberLog } from './known-log.js';
import type { Log } from './log.js';
import { StoreOutage } from './store-outage.js';

/** The log of this server, whichever store holds it. */
export interface EventLog {
  readonly store: EventStore;
  /** A way to it for one thread more. */
  handle(): EventStoreHandle;
  /** Resolves when the log failed in a way that only a new start can mend. Never for a store that is merely away. */
  readonly fatal: Promise<Error>;
  /** No other process can write to it. */
  readonly exclusive: boolean;
  /** Throws `MUSTER_E_STORE_CORRUPT` where another log stands in the place of the one that was opened. */
  check(): Promise<void>;
  /** Streams that lose events by an operator's metadata. Undefined where nobody can set any. */
  readonly retention: EsdbEventStore['retention'] | undefined;
  readonly outage: StoreOutage;
}

/** Streams that a start folds from their first event. */
const FOLDED_WHOLE = [SCHEDULER_STREAM, CLUSTER_STREAM];
/** Milliseconds to wait for an EventStoreDB that starts next to this process. */
const PATIENCE_MS = 30_000;

/** Chooses the store of the events: EventStoreDB where its URL is set, else the embedded one in the data directory. */
export async function openEventLog(
  settings: Pick<Settings, 'eventStoreUrl' | 'eventStoreAcceptOther'>,
  directory: string,
  lock: DataDirectoryLock,
  log: Log,
): Promise<EventLog> {
  const outage = new StoreOutage(log, systemClock);
  if (settings.eventStoreUrl !== undefined) return await openRemoteLog({ ...settings, eventStoreUrl: settings.eventStoreUrl }, directory, log, outage);
  acceptEmbeddedLog(directory, settings);
  const store = await openSqliteEventStore({ directory, lock, reserve: true });
  return {
    store,
    handle: () => store.handle(),
    fatal: store.fatal,
    exclusive: true,
    check: () => Promise.resolve(),
    retention: undefined,
    outage,
  };
}

async function openRemoteLog(
  settings: Pick<Settings, 'eventStoreAcceptOther'> & { readonly eventStoreUrl: string },
  directory: string,
  log: Log,
  outage: StoreOutage,
): Promise<EventLog> {
  const { eventStoreUrl: url } = settings;
  const store = await openEsdbEventStore({
    url,
    patienceMs: PATIENCE_MS,
    accept: acceptLogOf(directory, settings),
    onWaiting: (error) => outage.failed(error),
    onOtherMember: ({ before, now }) => log.warn({ code: 'event-store-leader', before, leader: now }),
  });
  outage.ended();
  for (const stream of FOLDED_WHOLE) await checkBeginning(store, stream);
  rememberLog(directory, store.id);
  const { hosts, members, leader, version, tls } = await store.about();
  log.info({ code: 'event-store-opened', log: store.id, hosts, members, leader, version, tls });
  return {
    store,
    handle: () => ({ kind: 'esdb', url }),
    fatal: store.corrupted,
    exclusive: false,
    check: () => store.check(),
    retention: store.retention,
    outage,
  };
}

/** Folds over a stream whose beginning is missing would run again what ended long ago. */
async function checkBeginning(store: EventStore, stream: string): Promise<void> {
  for await (const [first] of store.readStream(stream, { limit: 1 })) if (first !== undefined) assertNext(stream, undefined, first.revision);
}
