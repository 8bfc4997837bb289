import { randomUUID } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { ownStreams } from '#domain/kernel/catalog/index.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { aroundAppend, checkAppend, type Seen } from '#src/engine/event-store/index.js';
import { aboutStore, type StoreAbout } from './about.js';
import { Appends } from './appends.js';
import { Connection, CONNECTION_LIMITS, type ConnectionLimits, type MemberChange } from './connection.js';
import { EsdbStore, readHead } from './esdb-event-store.js';
import { isUnauthorized } from './failure.js';
import { identify, type AcceptLog } from './identity.js';
import { LogGuard } from './log-guard.js';
import { OrderedAppends } from './ordered-appends.js';
import { parseStoreUrl, StoreUrlError, type StoreUrl } from './store-url.js';
import { Retention } from './retention.js';
import { StreamMetadata } from './stream-metadata.js';
import { Subscriptions, type Interruption } from './subscriptions.js';
import { SharedTail } from './shared-tail.js';
import { createStoreClient } from './wire.js';

export interface EsdbEventStoreOptions {
  readonly url: string;
  /** Categories of Muster's streams. Their events must be complete; those of others may be removed at any time. */
  readonly categories: readonly string[];
  readonly limits?: Partial<ConnectionLimits>;
  /** Milliseconds within which an append with an unknown outcome is settled. @default 2,000 */
  readonly settleMs?: number;
  /** Milliseconds to wait for a server that is not reachable yet. @default 0 */
  readonly connectTimeoutMs?: number;
  readonly clock?: Clock;
  readonly accept?: AcceptLog;
  /** From {@link EsdbEventStore.shareTail} of another thread. */
  readonly tail?: MessagePort | undefined;
  readonly onWaiting?: (error: MusterError) => void;
  readonly onOtherMember?: (change: MemberChange) => void;
  readonly onInterruption?: (interruption: Interruption) => void;
}

export interface EsdbEventStore extends EventStore {
  /** Resolves when a different log is detected at the address. After that, this store must no longer be used. */
  readonly corrupted: Promise<MusterError>;
  /** Throws `MUSTER_E_STORE_CORRUPT` if the log is a different one than before, such as an older backup. */
  check(): Promise<void>;
  /** The newest of Muster's events that was followed or appended here. */
  newestOwn(): Seen | undefined;
  about(): Promise<StoreAbout>;
  readonly retention: Pick<Retention, 'problems' | 'read'>;
  /** Returns a port through which one other thread of this process reads the live end of the log from this one. */
  shareTail(): MessagePort;
}

const SETTLE_MS = 2_000;

/**
 * Connects to EventStoreDB and reads the identity of its log, or writes one if it is missing. Throws `MUSTER_E_STORE_UNAVAILABLE` if no server can be
 * used, and `MUSTER_E_INVALID` if the connection string is malformed.
 */
export async function openEsdbEventStore(options: EsdbEventStoreOptions): Promise<EsdbEventStore> {
  const url = parsed(options.url);
  const { clock = systemClock, settleMs = SETTLE_MS } = options;
  const guard = new LogGuard(ownStreams(options.categories).isOwnStream);
  const connection = new Connection(
    url,
    { ...CONNECTION_LIMITS, ...options.limits },
    guard,
    clock,
    options.onOtherMember,
  );
  const appends = new Appends({ connection, clock, guard, settleMs, head: () => readHead(connection) });
  try {
    const id = await identifyWithin(options, connection, appends);
    guard.expect(id);
    return assemble(id, url, connection, appends, guard, options);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Opens a log for an import that has exclusive use of it. Concurrent appends are written in the order in which they were made. */
export async function openEsdbForImport(options: EsdbEventStoreOptions): Promise<EventStore> {
  const store = await openEsdbEventStore(options);
  const { clock = systemClock } = options;
  const ordered = new OrderedAppends(createStoreClient({ url: parsed(options.url), clock }), clock);
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

async function identifyWithin(
  options: EsdbEventStoreOptions,
  connection: Connection,
  appends: Appends,
): Promise<string> {
  const { clock = systemClock, connectTimeoutMs = 0, accept = () => undefined, onWaiting } = options;
  const until = clock.monotonic() + connectTimeoutMs;
  for (;;) {
    try {
      // Every fold reads the whole log, so a user who may not read it is refused at this point.
      await readHead(connection);
      return await identify(connection, appends, ids, accept);
    } catch (error) {
      if (
        !isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE') ||
        isUnauthorized(error) ||
        clock.monotonic() >= until
      )
        throw error;
      onWaiting?.(error);
    }
    await clock.sleep(PAUSE_MS);
  }
}

function parsed(text: string): StoreUrl {
  try {
    return parseStoreUrl(text);
  } catch (error) {
    if (!(error instanceof StoreUrlError)) throw error;
    throw new MusterError('MUSTER_E_INVALID', { field: 'MUSTER_EVENTSTORE_URL', problem: error.message });
  }
}

function assemble(
  id: string,
  url: StoreUrl,
  connection: Connection,
  appends: Appends,
  guard: LogGuard,
  options: EsdbEventStoreOptions,
): EsdbEventStore {
  const { clock = systemClock, onInterruption, tail } = options;
  const limits = { ...CONNECTION_LIMITS, ...options.limits };
  const subscriptions = new Subscriptions({
    url,
    guard,
    clock,
    deadlineMs: limits.deadlineMs,
    openCalls: limits.openCalls,
    head: () => readHead(connection),
    check: () => connection.check(),
    shared: tail && new SharedTail(tail),
    onInterruption,
  });
  const metadata = new StreamMetadata(connection, appends, ids);
  const retention = new Retention(
    connection,
    () => readHead(connection),
    ownStreams(options.categories).isOwnStream,
  );
  return new EsdbStore({
    id,
    connection,
    appends,
    metadata,
    retention,
    subscriptions,
    corrupted: guard.corrupted,
    newestOwn: () => guard.newestOwn,
    about: () => aboutStore(url),
  });
}
