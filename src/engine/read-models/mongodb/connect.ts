import { MongoClient, MongoServerError, type Db } from 'mongodb';
import { MusterError } from '#domain/errors/index.js';

/** Database of the read models where the URL names none. */
const DEFAULT_DATABASE = 'muster';

/** Codes by which a server says that a collection was renamed or dropped under a read. */
const MOVED: ReadonlySet<number | string | undefined> = new Set([26, 43, 175, 237]);
const DUPLICATE_KEY = 11_000;
const OUT_OF_DISK_SPACE = 14_031;

export interface Connection {
  readonly client: MongoClient;
  readonly db: Db;
}

/** What the URL may say otherwise. */
const PATIENCE = { serverSelectionTimeoutMS: 2_000, connectTimeoutMS: 2_000, heartbeatFrequencyMS: 2_000 } as const;

/**
 * Connects lazily: the first command does, and each that finds no server fails within two seconds. Majority on both sides, so
 * that nothing that was read or acknowledged is rolled back by a failover; reads go to the primary (the default).
 */
export function connect(url: string, options: { readonly socketTimeoutMS: number }): Connection {
  const client = new MongoClient(url, {
    appName: 'muster',
    useBigInt64: true,
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority', wtimeoutMS: 10_000 },
    readPreference: 'primary',
    retryReads: true,
    retryWrites: true,
    ...Object.fromEntries(Object.entries({ ...PATIENCE, ...options }).filter(([name]) => !url.includes(`${name}=`))),
  });
  return { client, db: databaseOf(client, url) };
}

/** Of each client: the driver makes another object of many options each time that it is asked. */
const databases = new WeakMap<MongoClient, Db>();

/** The database that the client's URL names, or the default one. */
export function databaseOf(client: MongoClient, url: string): Db {
  let database = databases.get(client);
  if (database === undefined) {
    const { dbName } = client.options;
    // The driver calls the database `test` when the URL names none.
    database = client.db(dbName === 'test' && !/\/test(\?|$)/.test(url) ? DEFAULT_DATABASE : dbName);
    databases.set(client, database);
  }
  return database;
}

/** Connects a client anew whose very first connection failed: the driver gives such a one up for ever. Answers whether it was one. */
export async function revive(error: unknown, { client }: Pick<Connection, 'client'>): Promise<boolean> {
  if (!(error instanceof Error) || error.name !== 'MongoTopologyClosedError') return false;
  await client.connect();
  return true;
}

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/** The collection that was read is not there under this name any more. */
export function isMoved(error: unknown): boolean {
  return error instanceof MongoServerError && MOVED.has(error.code);
}

/** Drops a collection, or leaves it at that where there is none. */
export async function dropIfThere(db: Db, collection: string): Promise<void> {
  try {
    await db.dropCollection(collection);
  } catch (error) {
    if (!isMoved(error)) throw error;
  }
}

/** What the driver says, in our words. */
export function told(error: unknown, model = 'all'): unknown {
  // A connection that breaks while the driver writes to it says so in the system's own words.
  if (!(error instanceof Error) || !(error.name.startsWith('Mongo') || 'syscall' in error)) return error;
  if (error instanceof MongoServerError && error.code === OUT_OF_DISK_SPACE) return new MusterError('MUSTER_E_STORE_FULL', {}, { cause: error });
  return new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', { model, problem: `MongoDB: ${error.message}` }, { cause: error });
}
