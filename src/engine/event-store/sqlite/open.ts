import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { watchThread } from '#src/engine/metrics/index.js';
import { openForReading } from './database.js';
import { lockDataDirectory, type DataDirectoryLock } from './lock.js';
import { PolledGrowth } from './polled-growth.js';
import { SqliteReader } from './reader.js';
import { LOG_FILE } from './schema.js';
import { MAX_CLIENTS, SharedHead } from './shared-head.js';
import { SqliteStore } from './sqlite-event-store.js';
import { QUEUE_BOUNDS, unwire, writerGone, WriterClient, type QueueBounds } from './writer-client.js';
import type { ControlMessage, WriterMessage, WriterStart } from './writer/messages.js';

export interface SqliteEventStoreOptions {
  readonly directory: string;
  /** The lock on the directory, if the caller already holds it (and releases it). If undefined, the lock is taken here and released by `close`. */
  readonly lock?: DataDirectoryLock;
  readonly queue?: QueueBounds;
  /** Reserves disk space for events of these types, which end work, so that it can be ended on a full disk. Only a server needs this. */
  readonly reserveFor?: readonly string[];
}

export interface SqliteEventStore extends EventStore {
  handle(): SqliteEventStoreHandle;
  /**
   * Resolves when the disk has failed or the writer has died. The outcome of pending appends is then unknown, and nothing more is written. The
   * process should exit; the next start verifies the log.
   */
  readonly fatal: Promise<MusterError>;
}

export interface SqliteEventStoreHandle {
  readonly kind: 'sqlite';
  readonly directory: string;
  readonly id: string;
  readonly slot: number;
  readonly shared: SharedArrayBuffer;
  readonly port: MessagePort;
  /** Why nothing may be appended. Undefined if appends are allowed. */
  readonly refuses?: string | undefined;
}

/**
 * Opens the log in a data directory, creates it if it does not exist, and starts its writer thread. Resolves once the file has passed its check.
 * Throws `MUSTER_E_DATA_DIRECTORY_LOCKED`, `MUSTER_E_STORE_CORRUPT`, `MUSTER_E_STORE_TOO_NEW` or `MUSTER_E_STORE_UNAVAILABLE`.
 */
export async function openSqliteEventStore(options: SqliteEventStoreOptions): Promise<SqliteEventStore> {
  const { directory, queue = QUEUE_BOUNDS, reserveFor } = options;
  const ownLock = options.lock === undefined ? lockDataDirectory(directory) : undefined;
  try {
    return await startWriter(directory, queue, reserveFor, () => ownLock?.release());
  } catch (error) {
    ownLock?.release();
    throw error;
  }
}

/** Opens the same log in a different thread of the process. Reads use a separate connection; appends go through the single writer. */
export function connectSqliteEventStore(
  handle: SqliteEventStoreHandle,
  options: { readonly queue?: QueueBounds } = {},
): EventStore {
  const { directory, slot, port, id } = handle;
  const head = new SharedHead(handle.shared);
  const client = new WriterClient(port, slot, head, options.queue ?? QUEUE_BOUNDS, () => undefined);
  const reader = new SqliteReader(openForReading(join(directory, LOG_FILE)).database);
  const growth = { newest: () => head.position, writes: () => head.writes, grown: client.grown.bind(client) };
  return new SqliteStore(id, reader, growth, client, () => {
    port.close();
    return Promise.resolve();
  });
}

/** Opens a log for reading while a different process owns it. Appends throw. Polls for new events every `pollMs` milliseconds. */
export function openEventStoreReadOnly(
  directory: string,
  options: { readonly clock?: Clock; readonly pollMs?: number } = {},
): EventStore {
  const file = join(directory, LOG_FILE);
  if (!existsSync(file))
    throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: `there is no event log in ${directory}` });
  const { database, id } = openForReading(file);
  const reader = new SqliteReader(database);
  const growth = new PolledGrowth(reader, options.clock ?? systemClock, options.pollMs ?? 50);
  return new SqliteStore(id, reader, growth, undefined, () => {
    growth.close();
    return Promise.resolve();
  });
}

async function startWriter(
  directory: string,
  queue: QueueBounds,
  reserveFor: readonly string[] | undefined,
  releaseLock: () => void,
): Promise<SqliteEventStore> {
  const head = new SharedHead();
  const { port1: port, port2 } = new MessageChannel();
  const file = join(directory, LOG_FILE);
  const worker = new Worker(new URL('./writer/main.js', import.meta.url), {
    name: 'event-store-writer',
    // Omits the loaders of this process, if any. They take a second to start, and this thread runs compiled code.
    execArgv: process.execArgv.filter((argument) => argument === '--enable-source-maps'),
    workerData: { file, port: port2, shared: head.buffer, reserveFor } satisfies WriterStart,
    transferList: [port2],
  });
  watchThread('event-store-writer', worker);
  const exit = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      resolve();
    });
  });
  const told = await Promise.race([
    once(port, 'message').then(([message]) => message as WriterMessage),
    once(worker, 'error').then(rethrow),
    exit,
  ]);
  const first = told ?? (receiveMessageOnPort(port)?.message as WriterMessage | undefined);
  if (first?.kind !== 'open') {
    await exit;
    throw first?.kind === 'failed' ? unwire(first.error) : writerGone();
  }
  worker.unref();
  let failure: MusterError | undefined;
  let failed: (error: MusterError) => void = () => undefined;
  const fatal = new Promise<MusterError>((resolve) => {
    failed = resolve;
  });
  const fail = (error: MusterError): void => {
    failure ??= error;
    failed(error);
  };
  const client = new WriterClient(port, 0, head, queue, fail);
  const reader = new SqliteReader(openForReading(file).database);
  let closing = false;
  worker.on('error', (cause) => {
    fail(new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: cause.message }, { cause }));
  });
  worker.on('exit', () => {
    if (!closing) fail(writerGone());
  });
  const growth = { newest: () => head.position, writes: () => head.writes, grown: client.grown.bind(client) };
  let slots = 0;
  const store = new SqliteStore(first.id, reader, growth, client, async () => {
    closing = true;
    worker.ref();
    port.postMessage({ close: true } satisfies ControlMessage);
    await exit;
    releaseLock();
    if (!client.closedInOrder()) throw failure ?? writerGone();
  });
  return Object.assign(store, { handle, fatal });

  function handle(): SqliteEventStoreHandle {
    slots += 1;
    if (slots >= MAX_CLIENTS)
      throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', {
        problem: `the writer has ${String(MAX_CLIENTS)} clients`,
      });
    const channel = new MessageChannel();
    port.postMessage({ connect: { port: channel.port1, slot: slots } } satisfies ControlMessage, [
      channel.port1,
    ]);
    return { kind: 'sqlite', directory, id: store.id, slot: slots, shared: head.buffer, port: channel.port2 };
  }
}

function rethrow([error]: unknown[]): never {
  throw error;
}
