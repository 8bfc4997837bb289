import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import {
  environmentLocks,
  textOfLock,
  type EnvironmentLockDocument,
} from '#projections/environments/environment-locks.js';
import { read } from '#src/http/index.js';

/** How long a lock may lag behind its event, in milliseconds. */
const BEHIND_MS = 10_000;

interface LockParts {
  readonly readModels: Pick<ReadModels, 'list' | 'waitFor'>;
  readonly eventStore: Pick<EventStore, 'head'>;
}

export function lockDocuments({
  readModels,
  eventStore,
}: LockParts): (hash: string) => Promise<string | undefined> {
  const find = async (hash: string): Promise<string | undefined> => {
    for await (const [stored] of readModels.list(environmentLocks.name, {
      where: { index: 'hash', value: hash },
      limit: 1,
    }))
      return stored === undefined ? undefined : textOfLock(read<EnvironmentLockDocument>(stored));
    return undefined;
  };
  return async (hash) => {
    const known = await find(hash);
    const head = known === undefined ? await eventStore.head() : undefined;
    if (head === undefined || !(await readModels.waitFor(head, BEHIND_MS))) return known;
    return await find(hash);
  };
}
