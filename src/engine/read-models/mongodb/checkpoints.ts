import { isDeepStrictEqual } from 'node:util';
import type { Checkpoint } from '#src/engine/checkpoint.js';
import { changesDocuments, type GenerationCommit } from '../storage.js';
import {
  generationKey,
  SHARED,
  type Changes,
  type Head,
  type HeadChange,
  type SharedCheckpoint,
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
  readonly #changed = new Map<number, bigint>();
  #since: bigint | undefined;

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
    const since = this.#since ?? first.checkpoint.position;
    const changing = commits.filter(changesDocuments);
    if (shares)
      Object.assign(set, {
        shared: checkpoint,
        changes: this.#changes(checkpoint.position, since, changing),
      });
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
        for (const { generation, checkpoint: own } of changing) this.#changed.set(generation, own.position);
        this.#since = since;
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
          this.#changed.delete(generation);
        }
      },
    };
  }

  #changes(position: bigint, since: bigint, changing: readonly GenerationCommit[]): Changes {
    const last = new Map(this.#changed);
    for (const { generation, checkpoint } of changing) last.set(generation, checkpoint.position);
    return {
      position,
      since,
      last: Object.fromEntries(Array.from(last, ([generation, at]) => [generationKey(generation), at])),
    };
  }
}

export function withOwnCheckpoints({ shared, changes, ...head }: Head): Head {
  if (shared === undefined) return head;
  const sharing = Object.keys(head.generations).filter((key) => head.generations[key]!.storeId === SHARED);
  const own = Object.fromEntries(sharing.map((key) => [key, { ...head.generations[key]!, ...shared }]));
  return {
    ...head,
    generations: { ...head.generations, ...own },
    ...(changes?.position === shared.position && {
      changed: Object.fromEntries(sharing.map((key) => [key, changes.last[key] ?? changes.since])),
    }),
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
