import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '#agents/platform/error-code.js';
import { writeFileDurably } from '#agents/platform/files/durable-file.js';
import { catalogOf } from '#domain/kernel/catalog/index.js';
import { streamName } from '#domain/kernel/event/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { LeaseEvent } from '#domain/kernel/lease/events.js';
import { leases } from '#domain/kernel/lease/stream.js';
import { users } from '#domain/accounts/user/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import { KNOWN_KEYS_FILE, type Sealer } from '#src/engine/sealing/index.js';
import type { ReadinessCheck } from '#src/http/index.js';
import type { Log } from '../output/log.js';

const LEASES = catalogOf(leases);
const USERS = catalogOf(users);

/** A lease that the log's key store holds permanently. Its holder is the id of the key store, not of a server. */
const KEYS_LEASE = 'keys';

export interface SharedKeysParts {
  readonly store: EventStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
}

/**
 * Whether this key store is the one that the log names for its sealed data. If the log does not name one yet, records this one. Two servers on one
 * log with separate key stores could not unseal each other's data.
 */
export async function sealsForAll(keysId: string, { store, clock, ids }: SharedKeysParts): Promise<boolean> {
  const stream = streamName('lease', KEYS_LEASE);
  for (;;) {
    const holder = await holderIn(store, stream);
    if (holder !== undefined) return holder === keysId;
    const taken: LeaseEvent = { type: 'LeaseTaken', data: { name: KEYS_LEASE, holder: keysId } };
    const id = ids.uuid();
    try {
      await store.append({
        stream,
        expected: 'no_stream',
        events: [{ id, ...LEASES.encode(taken, { $correlationId: id, $causationId: id, at: clock.now() }) }],
      });
      return true;
    } catch (error) {
      // Another server recorded its key store first, so that one is used.
      if (!isMusterError(error, 'MUSTER_E_WRONG_REVISION')) throw error;
    }
  }
}

/** Stored instead if the keys were created after data had been sealed with others. */
const LOST_MARK = 'lost';
/** Stored while the log is read for data that was sealed with other keys. */
const UNCHECKED = 'unchecked';
const SEALED = 'sealed:1:';

const NOT_SHARED = {
  problem:
    'another server on this log uses sealing keys that this server does not have: each server can read only what it sealed itself',
  hint: 'Set the same MUSTER_MONGODB_URL for every server, or copy keys.db from the first server to this one.',
};

const LOST = {
  problem:
    'keys.db (or the MongoDB database of keys) is not the one with which the data of this log was sealed: what was sealed with it cannot be read',
  hint: `Put it back together with data.key. Or accept the loss: stop the server, delete ${KNOWN_KEYS_FILE}, and start it again.`,
};

/**
 * Makes the sealer report missing keys that no event has erased, and warns if the log's data is sealed with other keys. `isShared`: whether other
 * servers can use the log. The log then names its keys, otherwise the data directory. Returns a readiness check.
 */
export async function checkSharedKeys(
  sealer: Sealer,
  { store, isShared, directory }: SharedLog,
  parts: Omit<SharedKeysParts, 'store'>,
  log: Pick<Log, 'warn'>,
): Promise<ReadinessCheck> {
  sealer.sharesLog(async (userId) => await isErasedIn(store, userId));
  const check = { name: 'sealing-keys', vital: false };
  const areRight = isShared
    ? await sealsForAll(sealer.storeId, { ...parts, store })
    : await areKnownKeys(directory, sealer, store);
  if (areRight) return { ...check, ok: true, detail: 'this server has the sealing keys of the log' };
  const [code, { problem, hint }] = isShared ? ['keys.not-shared', NOT_SHARED] : ['keys.lost', LOST];
  log.warn({ code, problem, hint });
  return { ...check, ok: false, detail: `${problem}. ${hint}` };
}

interface SharedLog {
  readonly store: EventStore;
  readonly isShared: boolean;
  readonly directory: string;
}

async function isErasedIn(store: EventStore, userId: string): Promise<boolean> {
  for await (const page of store.readStream(streamName(users.category, userId), { direction: 'backwards' }))
    if (page.some((stored) => USERS.decodeOurs(stored)?.type === 'UserErased')) return true;
  return false;
}

async function holderIn(store: EventStore, stream: string): Promise<string | undefined> {
  let holder: string | undefined;
  for await (const page of store.readStream(stream)) {
    for (const stored of page) {
      const event = LEASES.decodeOurs(stored);
      if (event?.type === 'LeaseTaken') holder ??= event.data.holder;
    }
  }
  return holder;
}

/** Returns whether the keys are those with which the log was sealed, and remembers them when they are first used. */
async function areKnownKeys(
  directory: string,
  sealer: Pick<Sealer, 'storeId' | 'isNew'>,
  log: Pick<EventStore, 'readAll'>,
): Promise<boolean> {
  const file = join(directory, KNOWN_KEYS_FILE);
  const remember = async (text: string): Promise<void> => await writeFileDurably(file, `${text}\n`);
  let known = knownIn(file);
  // A start that ends before the log was read does not make new keys the known ones.
  if (known === undefined) await remember((known = sealer.isNew ? UNCHECKED : sealer.storeId));
  if (known === UNCHECKED) await remember((known = (await hasSealed(log)) ? LOST_MARK : sealer.storeId));
  return known === sealer.storeId;
}

async function hasSealed(log: Pick<EventStore, 'readAll'>): Promise<boolean> {
  for await (const page of log.readAll()) if (page.some(({ data }) => data.includes(SEALED))) return true;
  return false;
}

function knownIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
