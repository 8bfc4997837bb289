import { isDeepStrictEqual } from 'node:util';
import type { Checkpoint } from '#src/engine/checkpoint.js';
import type { GenerationCommit } from '../storage.js';
import {
  generationKey,
  SHARED,
  type Head,
  type HeadChange,
  type SharedCheckpoint,
  type StoredGeneration,
} from './schema.js';

/**
 * Decides how the checkpoints of commits are written. Live models fold the same pages, so they share one checkpoint: the head contains it once, and
 * the generations only refer to it. With separate checkpoints for forty models, changing the head was the most expensive part of a commit (9 kB,
 * which FerretDB checks path by path). A new lease holder initially writes separate checkpoints.
 */
export class Checkpoints {
  #sharing = new Set<number>();
  #shared: SharedCheckpoint | undefined;
  readonly #sequences = new Map<number, number>();

  change(commits: readonly GenerationCommit[]): Omit<Required<HeadChange>, 'unset'> {
    const [first] = commits;
    if (first === undefined) return { set: {}, where: {}, written: () => undefined };
    const ids = new Set(commits.map(({ generation }) => generation));
    const leaving = [...this.#sharing].filter((generation) => !ids.has(generation));
    const checkpoint = storedCheckpoint(first.checkpoint);
    // If there are two batches, the larger one shares its checkpoint.
    const shares =
      leaving.length < ids.size &&
      commits.every((commit) => isDeepStrictEqual(commit.checkpoint, first.checkpoint));
    const set: Record<string, unknown> = {};
    const where: Record<string, unknown> = {};
    if (shares) set['shared'] = checkpoint;
    if (this.#shared !== undefined) where['shared.position'] = this.#shared.position;
    for (const { generation, model, expected, checkpoint: own, sequence, clearedAt } of commits) {
      const path = `generations.${generationKey(generation)}`;
      if (!this.#sharing.has(generation)) {
        where[`${path}.position`] = expected ?? null;
        where[`${path}.model`] = model;
        if (shares) set[`${path}.storeId`] = SHARED;
      }
      if (!shares) Object.assign(set, pathsOf(path, storedCheckpoint(own)));
      if (this.#sequences.get(generation) !== sequence) set[`${path}.sequence`] = BigInt(sequence);
      if (clearedAt !== undefined) set[`${path}.cleared`] = clearedAt;
    }
    if (shares && this.#shared !== undefined)
      for (const generation of leaving)
        Object.assign(set, pathsOf(`generations.${generationKey(generation)}`, this.#shared));
    return {
      set,
      where,
      written: () => {
        for (const { generation, sequence } of commits) this.#sequences.set(generation, sequence);
        if (shares) [this.#sharing, this.#shared] = [ids, checkpoint];
        else for (const generation of ids) this.#sharing.delete(generation);
      },
    };
  }

  gone(generations: readonly number[]): Pick<Required<HeadChange>, 'unset' | 'written'> {
    return {
      unset: generations.map((generation) => `generations.${generationKey(generation)}`),
      written: () => {
        for (const generation of generations) {
          this.#sharing.delete(generation);
          this.#sequences.delete(generation);
        }
      },
    };
  }
}

export function withOwnCheckpoints({ shared, ...head }: Head): Head {
  if (shared === undefined) return head;
  const own = (stored: StoredGeneration): StoredGeneration =>
    stored.storeId === SHARED ? { ...stored, ...shared } : stored;
  return {
    ...head,
    generations: Object.fromEntries(
      Object.entries(head.generations).map(([key, stored]) => [key, own(stored)]),
    ),
  };
}

function storedCheckpoint({ storeId, position, eventId, previous }: Checkpoint): SharedCheckpoint {
  return { storeId, position, eventId, previous: previous ?? null };
}

function pathsOf(path: string, checkpoint: SharedCheckpoint): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(checkpoint).map(([name, value]) => [`${path}.${name}`, value as unknown]),
  );
}
