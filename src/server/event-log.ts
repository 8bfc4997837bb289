import type { EventStore } from '#domain/ports/event-store.js';
import type { Settings } from './settings/settings.js';
import { connectEventStore, openSqliteEventStore, type DataDirectoryLock, type EventStoreHandle } from '#src/engine/event-store/index.js';

/** The log of this server, whichever store holds it. */
export interface EventLog {
  readonly store: EventStore;
  /** A way to it for one thread more. */
  handle(): EventStoreHandle;
  /** Resolves when the log failed in a way that only a new start can mend. Never for a store that is merely away. */
  readonly fatal: Promise<Error>;
  /** No other process can write to it. */
  readonly exclusive: boolean;
}

/** Chooses the store of the events: EventStoreDB where its URL is set, else the embedded one in the data directory. */
export async function openEventLog(
  settings: Pick<Settings, 'eventStoreUrl' | 'eventStoreListen'>,
  directory: string,
  lock: DataDirectoryLock,
): Promise<EventLog> {
  const { eventStoreUrl: url } = settings;
  if (url !== undefined) {
    const handle = (): EventStoreHandle => ({ kind: 'esdb', url });
    return { store: await connectEventStore(handle()), handle, fatal: new Promise(() => undefined), exclusive: false };
  }
  const store = await openSqliteEventStore({ directory, lock, reserve: true });
  return { store, handle: () => store.handle(), fatal: store.fatal, exclusive: true };
}
