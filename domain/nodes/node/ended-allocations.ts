const GENERATION = 128;
const GENERATIONS = 16;

/** At least this many of the most recent ids are retained. */
export const MIN_ENDED = GENERATION * (GENERATIONS - 1);

/** An immutable set of the most recently ended ids. Adding an id copies at most one generation. Old ids are dropped one generation at a time. */
export class EndedAllocationIds {
  static readonly none = new EndedAllocationIds([new Set()]);

  private constructor(private readonly generations: readonly ReadonlySet<string>[]) {}

  static restore(generations: readonly (readonly string[])[]): EndedAllocationIds {
    return new EndedAllocationIds(generations.map((ids) => new Set(ids)));
  }

  save(): readonly (readonly string[])[] {
    return this.generations.map((ids) => [...ids]);
  }

  has(id: string): boolean {
    return this.generations.some((generation) => generation.has(id));
  }

  get size(): number {
    return this.generations.reduce((sum, generation) => sum + generation.size, 0);
  }

  with(id: string): EndedAllocationIds {
    const [newest = new Set(), ...older] = this.generations;
    if (newest.size < GENERATION) return new EndedAllocationIds([new Set(newest).add(id), ...older]);
    return new EndedAllocationIds([new Set([id]), ...this.generations.slice(0, GENERATIONS - 1)]);
  }
}
