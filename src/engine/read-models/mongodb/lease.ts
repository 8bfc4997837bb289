import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import { MusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';
import type { StopSignal } from '#domain/ports/signal.js';
import { collectionsOf, isThat } from './collections.js';
import { dropIfThere, isDuplicateKey, isMoved } from './connect.js';
import type { HeadDocument, NamedGeneration } from './head.js';
import { collectionName, generationOf, type Fence, type Head, type StoredGeneration } from './schema.js';

/** A holder of whom nothing is heard for so long is taken to be dead, in milliseconds of the waiting one's own clock. */
const SILENCE_MS = 5_000;
/** How often who waits for the lease looks at it, in milliseconds. */
const LOOK_MS = 200;

/** This thread. What an earlier storage of the same thread held is free at once: one who opens another is done with it. */
const THREAD = randomUUID();
let storages = 0;

export interface LeaseOptions {
  readonly clock: Clock;
  /**
   * The same after a restart: what a killed process held is taken at once by the one that is started in its place. Only by the first
   * storage of a thread, so that two that call themselves alike do not take it from each other for ever.
   */
  readonly owner?: string | undefined;
  /** Ends the wait. */
  readonly signal?: StopSignal | undefined;
  /** Told of what the present holder has done, while he has the lease. */
  readonly onStandby?: ((head: Head) => Promise<void>) | undefined;
}

/**
 * Waits for the lease on all the models and takes it. What a former holder may still have under way cannot land any more when it
 * resolves: every collection has another name then, which he does not know. Undefined when the signal aborts before.
 */
export async function takeLease(db: Db, head: HeadDocument, options: LeaseOptions): Promise<Fence | undefined> {
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
        const made = await head.make(fence);
        await settle(db, head, made, fence);
        return fence;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        continue;
      }
    }
    if (now.beat !== seen?.beat || now.token !== seen.token || now.holder !== seen.holder) since = clock.monotonic();
    seen = now;
    if (now.holder === '' || now.holder.startsWith(THREAD) || (former !== undefined && now.holder.endsWith(former)) || clock.monotonic() - since > SILENCE_MS) {
      const fence: Fence = { token: now.token + 1n, holder };
      if (await head.take(now, fence)) {
        await settle(db, head, now, fence);
        return fence;
      }
      continue;
    }
    await onStandby?.(now);
    await clock.sleep(LOOK_MS, signal);
  }
  return undefined;
}

/**
 * Gives each collection a name of the new holder's, finding it by the server's own identity for it: one that somebody wrote under
 * an old name, or restored from a dump, is none of ours and goes, and its model is built anew.
 */
async function settle(db: Db, head: HeadDocument, before: Head, fence: Fence): Promise<void> {
  const generations: Record<string, StoredGeneration> = {};
  for (let again = true; again;) {
    again = false;
    const present = await collectionsOf(db);
    for (const [key, stored] of Object.entries(before.generations) as NamedGeneration[]) {
      const { uuid } = stored;
      const there = present.find((each) => (uuid === null ? each.name === stored.collection : isThat(each, uuid)));
      if (there === undefined) continue;
      const name = collectionName(stored.model, generationOf(key), fence);
      try {
        if (there.name !== name) await db.renameCollection(there.name, name, { writeConcern: { w: 'majority' } });
      } catch (error) {
        // An earlier holder who has not noticed yet that he is none was faster: look again where it is.
        if (!isMoved(error)) throw error;
        again = true;
        break;
      }
      generations[key] = { ...stored, collection: name };
    }
  }
  if (!(await head.change(fence, { set: { generations, settled: fence.token } }))) throw contested('the lease');
  const known = new Set(Object.values(generations).map(({ collection }) => collection));
  for (const { name } of await collectionsOf(db)) if (!known.has(name)) await dropIfThere(db, name);
}

export function contested(what: string): MusterError {
  return new MusterError('MUSTER_E_READ_MODEL_CONTESTED', { model: what, expected: 'where this projector left it' });
}
