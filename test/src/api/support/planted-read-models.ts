import { decode } from '#domain/event/index.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { ListOptions, ReadModels, StoredDocument } from '#domain/ports/read-models.js';
import { PROJECTIONS } from '#projections/index.js';

interface Planted {
  readonly stored: StoredDocument;
  readonly indexes: Readonly<Record<string, string | undefined>>;
}

/** Read models in memory: they hold what a test plants, and what the projections make of a log that they follow. */
export class PlantedReadModels implements ReadModels {
  readonly #models = new Map<string, Map<string, Planted>>();
  readonly #ending = new AbortController();
  #position = 0n;
  #failure: unknown;
  #following: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;

  plant(model: string, id: string, document: unknown, indexes: Readonly<Record<string, string | undefined>> = {}, parked = false): this {
    const documents = this.#model(model);
    const created = documents.get(id)?.stored.created ?? BigInt(documents.size);
    documents.set(id, { stored: { id, created, json: JSON.stringify(document), parked }, indexes });
    return this;
  }

  reach(position: bigint): void {
    this.#position = position;
    this.#wake();
  }

  failWith(error: unknown): void {
    this.#failure = error;
  }

  follow(store: EventStore): this {
    this.#following = this.#fold(store);
    return this;
  }

  async get(model: string, id: string): Promise<StoredDocument | undefined> {
    if (this.#failure !== undefined) throw this.#failure as Error;
    return this.#model(model).get(id)?.stored;
  }

  async *list(model: string, options: ListOptions = {}): AsyncGenerator<readonly StoredDocument[]> {
    if (this.#failure !== undefined) throw this.#failure as Error;
    const { where, after, limit = Number.POSITIVE_INFINITY } = options;
    let found = [...this.#model(model).values()].filter(({ indexes }) => where === undefined || indexes[where.index] === where.value);
    if (after !== undefined) {
      const at = found.findIndex(({ stored }) => stored.id === after);
      found = at < 0 ? [] : found.slice(at + 1);
    }
    found = found.slice(0, limit);
    for (let index = 0; index < found.length; index += 100) yield found.slice(index, index + 100).map(({ stored }) => stored);
  }

  async count(model: string): Promise<number> {
    return this.#model(model).size;
  }

  position(): bigint {
    return this.#position;
  }

  async waitFor(position: bigint, timeoutMs: number): Promise<boolean> {
    const late = AbortSignal.timeout(timeoutMs);
    while (this.#position < position && !late.aborted) await new Promise(setImmediate);
    return this.#position >= position;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#following;
  }

  #model(name: string): Map<string, Planted> {
    const model = this.#models.get(name) ?? new Map<string, Planted>();
    this.#models.set(name, model);
    return model;
  }

  async #fold(store: EventStore): Promise<void> {
    for await (const message of store.subscribe({ signal: this.#ending.signal })) {
      if (message.kind !== 'events') continue;
      for (const stored of message.events) {
        const event = decode(stored);
        if (event.type === 'ClusterCleared') this.#models.clear();
        for (const projection of PROJECTIONS) {
          if (!projection.events.includes(event.type)) continue;
          const model = this.#model(projection.name);
          for (const touch of projection.touches(event)) {
            const ids = typeof touch === 'string' ? [touch] : [...model].filter(([, { indexes }]) => indexes[touch.where] === touch.equals).map(([id]) => id);
            for (const id of ids) {
              const before = model.get(id);
              const document = projection.evolve(before === undefined ? undefined : JSON.parse(before.stored.json), event, id);
              if (document === undefined) model.delete(id);
              else {
                const indexes = Object.fromEntries(Object.entries(projection.indexes ?? {}).map(([name, valueOf]) => [name, valueOf(document)]));
                this.plant(projection.name, id, document, indexes);
              }
            }
          }
        }
        this.reach(stored.position);
      }
    }
  }
}
