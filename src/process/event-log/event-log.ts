import { systemClock } from '#agents/platform/clock/system-clock.js';
import { CLUSTER_STREAM, SCHEDULER_STREAM } from '#domain/kernel/event/index.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { EventLogSettings } from './settings.js';
import {
  assertNext,
  openSqliteEventStore,
  refusing,
  type DataDirectoryLock,
  type EventStoreHandle,
} from '#src/engine/event-store/index.js';
import { findLoss, writeSeen, type LogLoss } from '#src/features/transparency/index.js';
import { acceptEmbeddedLog, acceptLogOf, rememberLog } from './known-log.js';
import type { Log } from '../output/log.js';
import { retryWhileUnavailable } from '../host/retry.js';
import { StoreOutage } from './store-outage.js';
import { openEsdbEventStore, type EsdbEventStore } from '#src/stores/eventstoredb/index.js';

export interface EventLog {
  readonly store: EventStore;
  /** The kinds of streams in the log that are Muster's. */
  readonly catalog: Catalog;
  handle(): EventStoreHandle;
  readonly fatal: Promise<Error>;
  readonly exclusive: boolean;
  /** Throws `MUSTER_E_STORE_CORRUPT` if the log was replaced by a different one. */
  check(): Promise<void>;
  /** Finds streams whose metadata discards events. Undefined for logs whose metadata cannot be set. */
  readonly retention: EsdbEventStore['retention'] | undefined;
  readonly outage: StoreOutage;
  /** The newest of Muster's events that was followed or appended, also while the store is away. Undefined if the log is asked instead. */
  readonly newestOwn?: EsdbEventStore['newestOwn'];
  /** What the log lacks of what this data directory has read. Nothing can then be appended. Undefined if it lacks nothing. */
  readonly loss: LogLoss | undefined;
  /** Position of the newest event whose loss was accepted at this start. */
  readonly accepted?: string;
}

const FULLY_FOLDED = [SCHEDULER_STREAM, CLUSTER_STREAM];
const REMEDY =
  'put the right log back; or accept the loss: stop the server, run "muster cluster begin-epoch", and start it again';
const CONNECT_TIMEOUT_MS = 30_000;

/** `sharesTail`: whether other threads read the live end of the log here, because this thread follows the whole log anyway. */
export async function openEventLog(
  settings: EventLogSettings,
  catalog: Catalog,
  directory: string,
  lock: DataDirectoryLock,
  log: Log,
  sharesTail: boolean,
): Promise<EventLog> {
  const outage = new StoreOutage(log, systemClock);
  const { eventStoreUrl, eventStoreAcceptOther } = settings;
  const opened =
    eventStoreUrl === undefined
      ? await openEmbeddedLog(settings, catalog, directory, lock, outage)
      : await openRemoteLog({ ...settings, eventStoreUrl }, catalog, directory, log, outage, sharesTail);
  try {
    // A log with another id in an event store was accepted when it was opened.
    const acceptsOther = eventStoreUrl !== undefined || eventStoreAcceptOther;
    return await compareWithSeen(opened, directory, acceptsOther, log);
  } catch (error) {
    await opened.store.close();
    throw error;
  }
}

async function openEmbeddedLog(
  settings: EventLogSettings,
  catalog: Catalog,
  directory: string,
  lock: DataDirectoryLock,
  outage: StoreOutage,
): Promise<EventLog> {
  acceptEmbeddedLog(directory, settings);
  const store = await openSqliteEventStore({ directory, lock, reserveFor: catalog.ending });
  return {
    store,
    catalog,
    handle: () => store.handle(),
    fatal: store.fatal,
    exclusive: true,
    check: () => Promise.resolve(),
    retention: undefined,
    outage,
    loss: undefined,
  };
}

/** Compares the log with what the data directory has read, before anything is served or appended. A log that lacks some of it can only be read. */
async function compareWithSeen(
  events: EventLog,
  directory: string,
  acceptsOther: boolean,
  log: Log,
): Promise<EventLog> {
  const { store } = events;
  const retry = retryWhileUnavailable(systemClock);
  const loss = await retry(() => findLoss(directory, store, events.catalog.isOwnStream, acceptsOther));
  if (loss === undefined) return events;
  const { problem, missing, accepted } = loss;
  if (accepted) {
    log.warn({ code: 'log-loss-accepted', problem, missing });
    return { ...events, ...(loss.until !== undefined && { accepted: loss.until }) };
  }
  await writeSeen(directory, loss.seen);
  log.error({ code: 'log-incomplete', problem, missing, action: REMEDY });
  return {
    ...events,
    store: refusing(store, problem),
    handle: () => ({ ...events.handle(), refuses: problem }),
    loss,
  };
}

async function openRemoteLog(
  settings: Pick<EventLogSettings, 'eventStoreAcceptOther'> & { readonly eventStoreUrl: string },
  catalog: Catalog,
  directory: string,
  log: Log,
  outage: StoreOutage,
  sharesTail: boolean,
): Promise<EventLog> {
  const { eventStoreUrl: url } = settings;
  const { categories } = catalog;
  const store = await openEsdbEventStore({
    url,
    categories,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    accept: acceptLogOf(directory, settings),
    onWaiting: (error) => outage.failed(error),
    onOtherMember: ({ before, now }) => log.warn({ code: 'event-store-leader', before, leader: now }),
  });
  outage.ended();
  const retry = retryWhileUnavailable(systemClock);
  for (const stream of FULLY_FOLDED) await retry(() => checkBeginning(store, stream));
  rememberLog(directory, store.id);
  const { hosts, members, leader, version, tls } = await retry(() => store.about());
  log.info({ code: 'event-store-opened', log: store.id, hosts, members, leader, version, tls });
  return {
    store,
    catalog,
    handle: () => ({ kind: 'esdb', url, categories, ...(sharesTail && { tail: store.shareTail() }) }),
    fatal: store.corrupted,
    newestOwn: () => store.newestOwn(),
    exclusive: false,
    check: () => store.check(),
    retention: store.retention,
    outage,
    loss: undefined,
  };
}

async function checkBeginning(store: EventStore, stream: string): Promise<void> {
  for await (const [first] of store.readStream(stream, { limit: 1 }))
    if (first !== undefined) assertNext(stream, undefined, first.revision);
}
