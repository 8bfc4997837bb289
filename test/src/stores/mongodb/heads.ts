import type { GenerationCommit } from '#src/engine/read-models/storage.js';
import { generationKey, type Head, type StoredGeneration } from '#src/stores/mongodb/schema.js';

export const GENERATIONS = 6;

export function stored(model: string): StoredGeneration {
  return {
    model,
    version: 1,
    live: true,
    indexes: [],
    collection: model,
    uuid: null,
    sequence: 0n,
    storeId: null,
    position: null,
    eventId: null,
    previous: null,
    cleared: -1n,
    changed: null,
  };
}

export function emptyHead(count = GENERATIONS): Head {
  const generations = Object.fromEntries(
    Array.from({ length: count }, (_, n) => [generationKey(n), stored(`m${n}`)]),
  );
  return { token: 1n, settled: 1n, holder: 'h', beat: 0n, next: count, generations };
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
