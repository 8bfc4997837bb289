import type { EventStore } from '#domain/ports/event-store.js';
import { MusterError } from '#domain/errors/index.js';
import type { EventStoreHandle } from './handle.js';
import { connectSqliteEventStore } from './sqlite/open.js';

/** The log that a handle leads to, in the thread that calls this. The adapter of a store that is not used is not even loaded. */
export async function connectEventStore(handle: EventStoreHandle): Promise<EventStore> {
  switch (handle.kind) {
    case 'sqlite':
      return await Promise.resolve(connectSqliteEventStore(handle));
    case 'esdb':
      throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'this version of Muster has no adapter for EventStoreDB yet: unset MUSTER_EVENTSTORE_URL' });
  }
}
