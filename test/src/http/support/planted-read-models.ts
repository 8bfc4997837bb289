import type { ListOptions, ReadModels, StoredDocument } from '#domain/kernel/ports/read-models.js';

interface Planted {
  readonly stored: StoredDocument;
  readonly indexes: Readonly<Record<string, string | undefined>>;
}

/** Read models with planted content, for states that real ones have only when something is broken. */
export class PlantedReadModels implements ReadModels {
  readonly shared = false;
  readonly #models = new Map<string, Map<string, Planted>>();
  #position = 0n;
  #failure: { readonly error: unknown; readonly afterPages: number } | undefined;
  pages = 0;

  plant(
    model: string,
    id: string,
    document: unknown,
    indexes: Readonly<Record<string, string | undefined>> = {},
    parked = false,
  ): this {
    const documents = this.#models.get(model) ?? new Map<string, Planted>();
    this.#models.set(model, documents);
    const created = documents.get(id)?.stored.created ?? BigInt(documents.size);
    documents.set(id, { stored: { id, created, json: JSON.stringify(document), parked }, indexes });
    return this;
  }

  reach(position: bigint): void {
    this.#position = position;
  }

  /** Makes reads fail from now on, and lists after that many pages. */
  failWith(error: unknown, afterPages = 0): void {
    this.#failure = { error, afterPages };
  }

  async get(model: string, id: string): Promise<StoredDocument | undefined> {
    if (this.#failure !== undefined) throw this.#failure.error as Error;
    return this.#models.get(model)?.get(id)?.stored;
  }

  async *list(model: string, options: ListOptions = {}): AsyncGenerator<readonly StoredDocument[]> {
    const { where, after, limit = Number.POSITIVE_INFINITY } = options;
    let found = [...(this.#models.get(model)?.values() ?? [])].filter(
      ({ indexes }) => where === undefined || [where.value].flat().includes(indexes[where.index] ?? ''),
    );
    if (options.newest === true) found = found.reverse();
    if (after !== undefined) found = found.slice(found.findIndex(({ stored }) => stored.id === after) + 1);
    found = found.slice(0, limit);
    for (let index = 0; index < found.length || index === 0; index += 100) {
      if (this.#failure !== undefined && index / 100 >= this.#failure.afterPages)
        throw this.#failure.error as Error;
      this.pages += 1;
      yield found.slice(index, index + 100).map(({ stored }) => stored);
    }
  }

  async count(model: string): Promise<number> {
    return this.#models.get(model)?.size ?? 0;
  }

  position(): bigint {
    return this.#position;
  }

  async waitFor(position: bigint): Promise<boolean> {
    return this.#position >= position;
  }

  async close(): Promise<void> {
    this.#models.clear();
  }
}
