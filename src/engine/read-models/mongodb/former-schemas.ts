import type { Db } from 'mongodb';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { dropIfThere } from './connect.js';
import { collectionNames, SCHEMA_VERSION, type Head } from './schema.js';

/**
 * Milliseconds without a heartbeat after which no server of an earlier release uses its models any more. It is long, because servers without the role
 * `projector` send none, and can read them until they are upgraded too.
 */
const SILENCE_MS = 3_600_000;

/** Removes the collections of earlier schemas once no server of an earlier release has filled them for an hour. */
export async function removeFormerSchemas(
  db: Db,
  clock: Pick<Clock, 'sleep'>,
  signal: StopSignal,
): Promise<void> {
  for (let version = 1; version < SCHEMA_VERSION; version += 1)
    await removeWhenSilent(db, collectionNames(version), clock, signal);
}

async function removeWhenSilent(
  db: Db,
  names: ReturnType<typeof collectionNames>,
  clock: Pick<Clock, 'sleep'>,
  signal: StopSignal,
): Promise<void> {
  const heads = db.collection<Pick<Head, 'beat'> & { readonly _id: string }>(names.head);
  const beat = async (): Promise<bigint | undefined> => (await heads.findOne({ _id: 'head' }))?.beat;
  for (let before = await beat(); before !== undefined;) {
    await clock.sleep(SILENCE_MS, signal);
    if (signal.aborted) return;
    const now = await beat();
    if (now === before) break;
    before = now;
  }
  const all = await db.listCollections({}, { nameOnly: true }).toArray();
  for (const { name } of all) if (name.startsWith(names.documents)) await dropIfThere(db, name);
  // The head is last, so that a holder that continues after a failure still finds it.
  for (const name of [names.parked, names.requests, names.head]) await dropIfThere(db, name);
}
