import { systemClock } from '#agents/platform/clock/system-clock.js';
import { CLUSTER_STREAM, SCHEDULER_STREAM } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { EventLogSettings } from './settings.js';
import {
  assertNext,
  openEsdbEventStore,
  openSqliteEventStore,
  type DataDirectoryLock,
  type EsdbEventStore,
  type EventStoreHandle,
} from '#src/engine/event-store/index.js';
import { acceptEmbeddedLog, acceptLogOf, rememberLog } from './known-log.js';
import type { Log } from '../../server/output/log.js';
import { retryWhileUnavailable } from '../../server/process/retry.js';
import { StoreOutage } from './store-outage.js';

export interface EventLog {
  readonly store: EventStore;
  handle(): EventStoreHandle;
  readonly fatal: Promise<Error>;
  readonly exclusive: boolean;
  /** Throws `MUSTER_E_STORE_CORRUPT` if the log was replaced by a different one. */
  check(): Promise<void>;
  /** Finds streams whose metadata discards events. Undefined for logs whose metadata cannot be set. */
  readonly retention: EsdbEventStore['retention'] | undefined;
  readonly outage: StoreOutage;
}

const FULLY_FOLDED = [SCHEDULER_STREAM, CLUSTER_STREAM];
const CONNECT_TIMEOUT_MS = 30_000;

/** `sharesTail`: whether other threads read the live end of the log here, because this thread follows the whole log anyway. */
export async function openEventLog(
  settings: EventLogSettings,
  directory: string,
  lock: DataDirectoryLock,
  log: Log,
  sharesTail: boolean,
): Promise<EventLog> {
  const outage = new StoreOutage(log, systemClock);
  if (settings.eventStoreUrl !== undefined)
    return await openRemoteLog(
      { ...settings, eventStoreUrl: settings.eventStoreUrl },
      directory,
      log,
      outage,
      sharesTail,
    );
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
  settings: Pick<EventLogSettings, 'eventStoreAcceptOther'> & { readonly eventStoreUrl: string },
  directory: string,
  log: Log,
  outage: StoreOutage,
  sharesTail: boolean,
): Promise<EventLog> {
  const { eventStoreUrl: url } = settings;
  const store = await openEsdbEventStore({
    url,
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
    handle: () => ({ kind: 'esdb', url, ...(sharesTail && { tail: store.shareTail() }) }),
    fatal: store.corrupted,
    exclusive: false,
    check: () => store.check(),
    retention: store.retention,
    outage,
  };
}

async function checkBeginning(store: EventStore, stream: string): Promise<void> {
  for await (const [first] of store.readStream(stream, { limit: 1 }))
    if (first !== undefined) assertNext(stream, undefined, first.revision);
}
