import { randomUUID } from 'node:crypto';
import { systemClock } from '#agents/clock/system-clock.js';
import { isMusterError, MusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';
import type { EventStore } from '#domain/ports/event-store.js';
import { checkAppend } from '../append-bounds.js';
import { aroundAppend } from '../around-append.js';
import { Appends } from './appends.js';
import { Connection, CONNECTION_LIMITS, type ConnectionLimits } from './connection.js';
import { EsdbStore, readHead } from './esdb-event-store.js';
import { checkIdentity, identify } from './identity.js';
import { OrderedAppends } from './ordered-appends.js';
import { StreamMetadata } from './stream-metadata.js';
import { Subscriptions, type Interruption } from './subscriptions.js';
import { createStoreClient } from './wire.js';

export interface EsdbEventStoreOptions {
  /** `esdb://user:password@host:2113?tls=true`, or `esdb+discover://…`: EventStoreDB's own connection strings. */
  readonly url: string;
  readonly limits?: Partial<ConnectionLimits>;
  /** Milliseconds in which an append of unknown outcome is settled. Default 2,000. */
  readonly settleMs?: number;
  /** Milliseconds to wait for a server that is not there yet. Default none. */
  readonly patienceMs?: number;
  readonly clock?: Clock;
  /** Told whenever a subscription is begun again. */
  readonly onInterruption?: (interruption: Interruption) => void;
}

const SETTLE_MS = 2_000;

/**
 * Connects to an EventStoreDB and learns the identity of its log, which is written when there is none.
 *
 * Throws `MUSTER_E_STORE_UNAVAILABLE` when no server answers, `MUSTER_E_INVALID` for what is no connection string.
 */
export async function openEsdbEventStore(options: EsdbEventStoreOptions): Promise<EventStore> {
  const { connection, appends } = connect(options);
  try {
    return assemble(await identifyWithin(options, connection, appends), connection, appends, options);
  } catch (error) {
    connection.close();
    throw isMusterError(error) ? error : new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: String(error) }, { cause: error });
  }
}

/**
 * The same for an import, which has the log for itself: its appends may be under way together, and stand in the log in the order in which they
 * were made.
 */
export async function openEsdbForImport(options: EsdbEventStoreOptions): Promise<EventStore> {
  const store = await openEsdbEventStore(options);
  const ordered = new OrderedAppends(createStoreClient(options.url), options.clock ?? systemClock);
  const importing = aroundAppend(store, async (request) => {
    checkAppend(request);
    return await ordered.append(request);
  });
  const close = async (): Promise<void> => {
    ordered.close();
    await store.close();
  };
  return Object.assign(importing, { close });
}

const ids = { uuid: () => randomUUID() };

const PAUSE_MS = 250;

async function identifyWithin({ clock = systemClock, patienceMs = 0 }: EsdbEventStoreOptions, connection: Connection, appends: Appends): Promise<string> {
  const until = clock.monotonic() + patienceMs;
  for (;;) {
    try {
      return await identify(connection, appends, ids);
    } catch (error) {
      if (!isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE') || clock.monotonic() >= until) throw error;
    }
    await clock.sleep(PAUSE_MS);
  }
}

function connect({ url, limits, clock = systemClock, settleMs = SETTLE_MS }: EsdbEventStoreOptions): { connection: Connection; appends: Appends } {
  let connection: Connection;
  try {
    connection = new Connection(url, { ...CONNECTION_LIMITS, ...limits });
  } catch (cause) {
    // The client's message repeats the connection string, password and all.
    throw new MusterError(
      'MUSTER_E_INVALID',
      { field: 'MUSTER_EVENTSTORE_URL', problem: 'not a connection string of EventStoreDB, such as esdb://host:2113?tls=false' },
      { cause: new Error((cause as Error).name) },
    );
  }
  return { connection, appends: new Appends({ connection, clock, settleMs, head: () => readHead(connection) }) };
}

function assemble(id: string, connection: Connection, appends: Appends, options: EsdbEventStoreOptions): EventStore {
  const { url, clock = systemClock, onInterruption } = options;
  const limits = { ...CONNECTION_LIMITS, ...options.limits };
  const subscriptions = new Subscriptions({
    url,
    clock,
    deadlineMs: limits.deadlineMs,
    openCalls: limits.openCalls,
    head: () => readHead(connection),
    checkIdentity: () => checkIdentity(connection, id),
    onInterruption,
  });
  return new EsdbStore({ id, connection, appends, metadata: new StreamMetadata(connection, appends, ids), subscriptions });
}
