import type { Db } from 'mongodb';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { dropIfThere } from './connect.js';
import { collectionNames, SCHEMA_VERSION, type Head } from './schema.js';

/** Milliseconds without a heartbeat after which no server of an earlier release is considered to fill its models. */
const SILENCE_MS = 10_000;

/**
 * Removes the collections of earlier schemas, unless a server of an earlier release still fills them, as during a rolling upgrade. The next holder of
 * the lease then tries again.
 */
export async function removeFormerSchemas(
  db: Db,
  clock: Pick<Clock, 'sleep'>,
  signal: StopSignal,
): Promise<void> {
  for (let version = 1; version < SCHEMA_VERSION; version += 1) {
    const names = collectionNames(version);
    const heads = db.collection<Pick<Head, 'beat'> & { readonly _id: string }>(names.head);
    const before = await heads.findOne({ _id: 'head' });
    if (before === null) continue;
    await clock.sleep(SILENCE_MS, signal);
    if (signal.aborted || (await heads.findOne({ _id: 'head' }))?.beat !== before.beat) continue;
    const all = await db.listCollections({}, { nameOnly: true }).toArray();
    for (const { name } of all) if (name.startsWith(names.documents)) await dropIfThere(db, name);
    // The head is last, so that a holder that continues after a failure still finds it.
    for (const name of [names.parked, names.requests, names.head]) await dropIfThere(db, name);
  }
}
