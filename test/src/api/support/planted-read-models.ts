import type { ListOptions, ReadModels, StoredDocument } from '#domain/ports/read-models.js';

/** Read models that hold what a test plants, so that views can be tried on any document. */
export class PlantedReadModels implements ReadModels {
  readonly #models = new Map<string, { readonly stored: StoredDocument; readonly indexes: Readonly<Record<string, string>> }[]>();
  #position = 0n;
  #failure: unknown;

  plant(model: string, id: string, document: unknown, indexes: Readonly<Record<string, string>> = {}, parked = false): this {
    const documents = (this.#models.get(model) ?? []).filter(({ stored }) => stored.id !== id);
    const stored = { id, created: BigInt(documents.length), json: JSON.stringify(document), parked };
    this.#models.set(model, [...documents, { stored, indexes }]);
    return this;
  }

  reach(position: bigint): void {
    this.#position = position;
  }

  failWith(error: unknown): void {
    this.#failure = error;
  }

  async get(model: string, id: string): Promise<StoredDocument | undefined> {
    if (this.#failure !== undefined) throw this.#failure as Error;
    return this.#models.get(model)?.find(({ stored }) => stored.id === id)?.stored;
  }

  async *list(model: string, options: ListOptions = {}): AsyncGenerator<readonly StoredDocument[]> {
    if (this.#failure !== undefined) throw this.#failure as Error;
    const { where, after, limit = Number.POSITIVE_INFINITY } = options;
    let found = (this.#models.get(model) ?? []).filter(({ indexes }) => where === undefined || indexes[where.index] === where.value);
    if (after !== undefined) {
      const at = found.findIndex(({ stored }) => stored.id === after);
      found = at < 0 ? [] : found.slice(at + 1);
    }
    found = found.slice(0, limit);
    for (let index = 0; index < found.length; index += 100) yield found.slice(index, index + 100).map(({ stored }) => stored);
  }

  async count(model: string): Promise<number> {
    return this.#models.get(model)?.length ?? 0;
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
