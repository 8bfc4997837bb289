import type { GenerationCommit } from '#src/engine/read-models/storage.js';
import type { Checkpoints } from '#src/engine/read-models/mongodb/checkpoints.js';
import { generationKey, type Head, type StoredGeneration } from '#src/engine/read-models/mongodb/schema.js';

export const GENERATIONS = 6;

export function stored(model: string): StoredGeneration {
  const none = { storeId: null, position: null, eventId: null, previous: null };
  return {
    model,
    version: 1,
    live: true,
    indexes: [],
    collection: model,
    uuid: null,
    sequence: 0n,
    cleared: -1n,
    ...none,
  };
}

export function emptyHead(count = GENERATIONS): Head {
  const generations = Object.fromEntries(
    Array.from({ length: count }, (_, n) => [generationKey(n), stored(`m${n}`)]),
  );
  return { _id: 'head', token: 1n, settled: 1n, holder: 'h', beat: 0n, next: count, generations };
}

export const commitOf = (
  generation: number,
  position: bigint,
  expected: bigint | undefined,
  more: Partial<GenerationCommit> = {},
): GenerationCommit => ({
  generation,
  model: `m${generation}`,
  expected,
  checkpoint: {
    storeId: 'log',
    position,
    eventId: `e${position}`,
    previous: position === 0n ? undefined : position - 1n,
  },
  sequence: 0,
  clearedAt: undefined,
  removed: [],
  rows: [],
  parked: [],
  unparked: [],
  ...more,
});

/** Applies the change like the server: completely, or not at all if the head does not match its condition. */
export function carriedOut(head: Head, { set, where }: ReturnType<Checkpoints['change']>): Head | undefined {
  const at = (path: string): unknown =>
    path
      .split('.')
      .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], head);
  if (Object.entries(where).some(([path, value]) => (at(path) ?? null) !== value)) return undefined;
  const changed = structuredClone(head) as unknown as Record<string, unknown>;
  for (const [path, value] of Object.entries(set)) {
    const names = path.split('.');
    const last = names.pop()!;
    let place = changed;
    for (const name of names) place = place[name] as Record<string, unknown>;
    place[last] = value;
  }
  return changed as unknown as Head;
}
