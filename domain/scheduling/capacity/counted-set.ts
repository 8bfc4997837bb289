/**
 * A multiset of held numbers: a port that is held by both a lost allocation and its successor stays held when one of them ends. This happens only in
 * logs of older servers, which released the resources of lost allocations.
 */
export class CountedSet {
  readonly #values = new Set<number>();
  readonly #further = new Map<number, number>();

  get values(): ReadonlySet<number> {
    return this.#values;
  }

  add(value: number): void {
    if (this.#values.has(value)) this.#further.set(value, (this.#further.get(value) ?? 0) + 1);
    else this.#values.add(value);
  }

  delete(value: number): void {
    const further = this.#further.get(value);
    if (further === undefined) this.#values.delete(value);
    else if (further === 1) this.#further.delete(value);
    else this.#further.set(value, further - 1);
  }
}
