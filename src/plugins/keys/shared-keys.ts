import { decodeOurs, encode } from '#domain/event-types/index.js';
import { streamName } from '#domain/kernel/event/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { LeaseEvent } from '#domain/kernel/lease/events.js';
import { users } from '#domain/accounts/user/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import type { ReadinessCheck } from '#src/surfaces/kit/index.js';
import type { Log } from '../../server/output/log.js';

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
        events: [{ id, ...encode(taken, { $correlationId: id, $causationId: id, at: clock.now() }) }],
      });
      return true;
    } catch (error) {
      // Another server recorded its key store first, so that one is used.
      if (!isMusterError(error, 'MUSTER_E_WRONG_REVISION')) throw error;
    }
  }
}

const NOT_SHARED = {
  problem:
    'another server on this log uses sealing keys that this server does not have: each server can read only what it sealed itself',
  hint: 'Set the same MUSTER_MONGODB_URL for every server, or copy keys.db from the first server to this one.',
};

/**
 * Makes the sealer report keys that only another server has, and warns if the log's data is sealed with such keys. `isShared`: whether other servers
 * can use the log. Returns a readiness check, or undefined if there is nothing to check.
 */
export async function checkSharedKeys(
  sealer: Sealer,
  { store, isShared }: { readonly store: EventStore; readonly isShared: boolean },
  parts: Omit<SharedKeysParts, 'store'>,
  log: Pick<Log, 'warn'>,
): Promise<ReadinessCheck | undefined> {
  if (!isShared) return undefined;
  sealer.sharesLog(async (userId) => await isErasedIn(store, userId));
  const check = { name: 'sealing-keys', vital: false };
  if (await sealsForAll(sealer.storeId, { ...parts, store }))
    return { ...check, ok: true, detail: 'this server has the sealing keys of the log' };
  log.warn({ code: 'keys.not-shared', ...NOT_SHARED });
  return { ...check, ok: false, detail: `${NOT_SHARED.problem}. ${NOT_SHARED.hint}` };
}

async function isErasedIn(store: EventStore, userId: string): Promise<boolean> {
  for await (const page of store.readStream(streamName(users.category, userId), { direction: 'backwards' }))
    if (page.some((stored) => decodeOurs(stored)?.type === 'UserErased')) return true;
  return false;
}

async function holderIn(store: EventStore, stream: string): Promise<string | undefined> {
  let holder: string | undefined;
  for await (const page of store.readStream(stream)) {
    for (const stored of page) {
      const event = decodeOurs(stored);
      if (event?.type === 'LeaseTaken') holder ??= event.data.holder;
    }
  }
  return holder;
}
