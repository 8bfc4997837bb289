import { MongoClient, MongoServerError, type Db } from 'mongodb';
import { MusterError } from '#domain/kernel/errors/index.js';

const DEFAULT_DATABASE = 'muster';

/** Error codes for a collection that was renamed or dropped during a read. */
const MOVED: ReadonlySet<number | string | undefined> = new Set([26, 43, 175, 237]);
const DUPLICATE_KEY = 11_000;
const OUT_OF_DISK_SPACE = 14_031;

export interface Connection {
  readonly client: MongoClient;
  readonly db: Db;
}

/** Timeouts that the URL may override. */
const TIMEOUTS = {
  serverSelectionTimeoutMS: 2_000,
  connectTimeoutMS: 2_000,
  heartbeatFrequencyMS: 2_000,
} as const;

/**
 * Connects on the first command. A command that finds no server fails within two seconds. The read and write concerns are "majority", so a failover
 * does not roll back anything that was read or acknowledged. Reads use the primary (the default).
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
    ...Object.fromEntries(
      Object.entries({ ...TIMEOUTS, ...options }).filter(([name]) => !url.includes(`${name}=`)),
    ),
  });
  return { client, db: databaseOf(client, url) };
}

/** Databases are cached per client, because the driver creates a new object on each call. */
const databases = new WeakMap<MongoClient, Db>();

export function databaseOf(client: MongoClient, url: string): Db {
  let database = databases.get(client);
  if (database === undefined) {
    const { dbName } = client.options;
    database = client.db(dbName === 'test' && !/\/test(\?|$)/.test(url) ? DEFAULT_DATABASE : dbName);
    databases.set(client, database);
  }
  return database;
}

/** Reconnects a client whose very first connection failed, because the driver never retries that one. Returns false for any other error. */
export async function revive(error: unknown, { client }: Pick<Connection, 'client'>): Promise<boolean> {
  if (!(error instanceof Error) || error.name !== 'MongoTopologyClosedError') return false;
  await client.connect();
  return true;
}

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/** Returns whether the collection no longer exists under this name. */
export function isMoved(error: unknown): boolean {
  return error instanceof MongoServerError && MOVED.has(error.code);
}

export async function dropIfThere(db: Db, collection: string): Promise<void> {
  try {
    await db.dropCollection(collection);
  } catch (error) {
    if (!isMoved(error)) throw error;
  }
}

export function readModelError(error: unknown, model = 'all'): unknown {
  // If a connection breaks during a write, the error is the system's own.
  if (!(error instanceof Error) || !(error.name.startsWith('Mongo') || 'syscall' in error)) return error;
  if (error instanceof MongoServerError && error.code === OUT_OF_DISK_SPACE)
    return new MusterError('MUSTER_E_STORE_FULL', {}, { cause: error });
  return new MusterError(
    'MUSTER_E_READ_MODEL_UNAVAILABLE',
    { model, problem: `MongoDB: ${error.message}` },
    { cause: error },
  );
}

/** Returns whether the database lists its databases to a client without credentials, or undefined if it does not answer. */
export async function isOpenToAnybody(url: string): Promise<boolean | undefined> {
  const client = new MongoClient(withoutCredentials(url), TIMEOUTS);
  try {
    await client.db('admin').command({ listDatabases: 1, nameOnly: true });
    return true;
  } catch (error) {
    return error instanceof MongoServerError ? false : undefined;
  } finally {
    await client.close();
  }
}

/** Certificates of clients are credentials too. */
function withoutCredentials(url: string): string {
  return url
    .replace(/^(mongodb(?:\+srv)?:\/\/)[^/?]*@/i, '$1')
    .replace(
      /([?&])(?:(?:authSource|authMechanism|authMechanismProperties|tlsCertificateKeyFile|tlsCertificateKeyFilePassword)=[^&]*(?:&|$))+/gi,
      '$1',
    );
}
