import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { collectionsOf } from './collections.js';
import { dropIfThere, isDuplicateKey, isMoved } from './connect.js';
import { HeldHead, type HeadDocument } from './head.js';
import { collectionName, generationOf, type Fence, type Head, type StoredGeneration } from './schema.js';

/** Milliseconds without a heartbeat, by the waiting process's own clock, after which a holder is considered dead. */
const HOLDER_TIMEOUT_MS = 5_000;
const POLL_MS = 200;

/** Id of this thread. A lease of an earlier storage of the same thread is immediately available, because the thread no longer uses that storage. */
const THREAD = randomUUID();
let storages = 0;

export interface LeaseOptions {
  readonly clock: Clock;
  /**
   * Stays the same across restarts, so that the lease of a killed process is immediately taken by its successor. Only used by the first storage of a
   * thread, so that two storages of the same name do not endlessly take the lease from each other.
   */
  readonly owner?: string | undefined;
  readonly signal?: StopSignal | undefined;
  readonly onStandby?: ((head: Head) => Promise<void>) | undefined;
}

/**
 * Waits for the lease on all models and takes it. Once it resolves, pending writes of a previous holder can no longer succeed, because every
 * collection has a new name that the previous holder does not have. Undefined if the signal aborts first.
 */
export async function takeLease(
  db: Db,
  head: HeadDocument,
  options: LeaseOptions,
): Promise<HeldHead | undefined> {
  const { clock, owner, signal, onStandby } = options;
  const former = storages === 0 && owner !== undefined ? `@${owner}` : undefined;
  storages += 1;
  const holder = `${THREAD}/${storages}@${owner ?? ''}`;
  let seen: Head | undefined;
  let since = clock.monotonic();
  while (signal?.aborted !== true) {
    const now = await head.read();
    if (now === undefined) {
      const fence: Fence = { token: 1n, holder };
      try {
        await head.make(fence);
        return await settle(db, head, fence);
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        continue;
      }
    }
    if (now.beat !== seen?.beat || now.token !== seen.token || now.holder !== seen.holder)
      since = clock.monotonic();
    seen = now;
    if (
      now.holder === '' ||
      now.holder.startsWith(THREAD) ||
      (former !== undefined && now.holder.endsWith(former)) ||
      clock.monotonic() - since > HOLDER_TIMEOUT_MS
    ) {
      const fence: Fence = { token: now.token + 1n, holder };
      if ((await head.change(now, fence)) !== undefined) return await settle(db, head, fence);
      continue;
    }
    await onStandby?.(now);
    await clock.sleep(POLL_MS, signal);
  }
  return undefined;
}

async function settle(db: Db, document: HeadDocument, fence: Fence): Promise<HeldHead> {
  const head = new HeldHead(document, fence);
  const before = await head.current();
  const generations: Record<string, StoredGeneration> = {};
  for (let again = true; again;) {
    again = false;
    const present = await collectionsOf(db);
    for (const [key, stored] of Object.entries(before.generations)) {
      const { uuid } = stored;
      const there = present.find((each) =>
        uuid === null ? each.name === stored.collection : each.uuid === uuid,
      );
      if (there === undefined) continue;
      const name = collectionName(stored.model, generationOf(key), fence);
      try {
        if (there.name !== name)
          await db.renameCollection(there.name, name, { writeConcern: { w: 'majority' } });
      } catch (error) {
        if (!isMoved(error)) throw error;
        again = true;
        break;
      }
      generations[key] = { ...stored, collection: name };
    }
  }
  await head.change(() => ({ generations, settled: fence.token }));
  const known = new Set(Object.values(generations).map(({ collection }) => collection));
  for (const { name } of await collectionsOf(db)) if (!known.has(name)) await dropIfThere(db, name);
  return head;
}
