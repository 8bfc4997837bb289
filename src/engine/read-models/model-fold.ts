import { LRUCache } from 'lru-cache';
import type { AnyEvent, Recorded } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { ListIndex, Projection, Touch } from '#domain/kernel/projection.js';
import { Entry } from './entry.js';
import { HistoryNotes } from './history/notes.js';
import { IndexHolders, indexKey } from './index-holders.js';
import type { Checkpoint } from '#src/engine/checkpoint.js';
import { Retention } from './retention.js';
import type { GenerationCommit, GenerationState, ChangedRow, ModelStorage, Parked, Row } from './storage.js';
import { StoredKeys } from './stored-keys.js';

/** Maximum number of JSON characters per model in the cache between batches. It is higher for a remote storage. */
const CACHED_CHARACTERS = 2_000_000;
const CACHED_CHARACTERS_DISTANT = 16_000_000;

/** Number of characters that are counted per document in addition to its text. */
const ENTRY_CHARACTERS = 200;

/** Number of recorded changes that count as one document in memory. */
const CHANGES_PER_DOCUMENT = 16;

type Where = Exclude<Touch, string>;

/** Describes how one event is folded: into specific documents, or into the documents that an index names at the time of folding. */
interface Step {
  readonly event: Recorded<AnyEvent>;
  readonly targets: readonly (Entry | Where)[];
}

/**
 * One generation of one model under construction. Folds events into documents in memory, and returns the changes to write. It holds every changed
 * document between commits, and caches recently used documents between batches.
 */
export class ModelFold {
  readonly projection: Projection;
  readonly generation: number;
  readonly #storage: ModelStorage;
  readonly #events: ReadonlySet<string>;
  readonly #indexes: readonly ((document: unknown) => string | undefined)[];

  #committed: Checkpoint | undefined;
  #checkpoint: Checkpoint | undefined;
  #sequence: number;
  readonly #cache: LRUCache<string, Entry>;
  readonly #remembered: IndexHolders | undefined;
  readonly #held = new Map<string, Entry>();
  /** Stored documents for the index values that the current page needs, by {@link indexKey}. */
  readonly #holders = new Map<string, readonly Entry[]>();
  readonly #changedBy = new Map<string, Map<string, Set<Entry>>>();
  readonly #retention: Retention | undefined;
  /** Position of a clear. Everything stored before it is obsolete. */
  #clearedAt: bigint | undefined;
  readonly #parkedIds = new Set<string>();
  #parked: Parked[] = [];
  #unparked: string[] = [];
  readonly #history: HistoryNotes | undefined;
  readonly #stored: StoredKeys | undefined;

  private constructor(
    storage: ModelStorage,
    projection: Projection,
    state: GenerationState,
    parked: readonly Parked[],
  ) {
    this.#storage = storage;
    this.projection = projection;
    this.generation = state.generation;
    this.#events = new Set(projection.events);
    this.#indexes = indexNames(projection).map(
      (name) => projection.indexes?.[name] ?? listText(projection.listIndexes![name as ListIndex]!),
    );
    this.#committed = state.checkpoint;
    this.#checkpoint = state.checkpoint;
    this.#sequence = state.sequence;
    this.#cache = new LRUCache({
      maxSize: storage.isDistant ? CACHED_CHARACTERS_DISTANT : CACHED_CHARACTERS,
      sizeCalculation: ({ size }) => size + ENTRY_CHARACTERS,
    });
    if (storage.isDistant) this.#remembered = new IndexHolders(projection.indexes ?? {});
    if (projection.keep !== undefined)
      this.#retention = new Retention(projection.keep, projection, storage, state.generation);
    if (state.history) this.#history = new HistoryNotes(indexValues(projection));
    for (const { id } of parked) this.#parkedIds.add(id);
    if (state.checkpoint === undefined) this.#stored = new StoredKeys(singleIndexNames(projection));
  }

  static async open(
    storage: ModelStorage,
    projection: Projection,
    state: GenerationState,
  ): Promise<ModelFold> {
    return new ModelFold(storage, projection, state, await storage.parked(state.generation));
  }

  get position(): bigint | undefined {
    return this.#checkpoint?.position;
  }

  get committedPosition(): bigint | undefined {
    return this.#committed?.position;
  }

  get parkedCount(): number {
    return this.#parkedIds.size;
  }

  get pending(): number {
    return this.#held.size + (this.#history?.size ?? 0) / CHANGES_PER_DOCUMENT;
  }

  /** Folds a page of the log. `events` are the events of `page` that any model needs. Skips events that this generation has already folded. */
  async fold(
    storeId: string,
    page: readonly RecordedEvent[],
    events: readonly Recorded<AnyEvent>[],
  ): Promise<void> {
    const last = page.at(-1);
    if (last === undefined) return;
    const after = this.position;
    if (after !== undefined && last.position <= after) return;
    for (const { event, targets } of await this.#plan(events, after)) {
      if (event.type === 'ClusterCleared') this.#clear(event.position);
      for (const target of targets) {
        if (target instanceof Entry) {
          const more = this.#touch(target, event);
          if (more !== undefined) await more;
        } else {
          for (const entry of this.#holdersOf(target)) await this.#touch(entry, event);
        }
      }
    }
    this.#holders.clear();
    this.#checkpoint = {
      storeId,
      position: last.position,
      eventId: last.id,
      previous: page.at(-2)?.position ?? after,
    };
  }

  flush(): GenerationCommit {
    const rows: ChangedRow[] = [];
    const removed: Pick<Row, 'id' | 'sequence'>[] = [];
    for (const entry of this.#held.values()) {
      if (!entry.changed) continue;
      const gone = entry.document === undefined;
      if (entry.stored !== undefined && (gone || entry.stored !== entry.sequence))
        removed.push({ id: entry.id, sequence: entry.stored });
      if (!gone) rows.push(entry.toRow(this.#indexes));
    }
    return {
      generation: this.generation,
      model: this.projection.name,
      expected: this.#committed?.position,
      checkpoint: this.#checkpoint!,
      sequence: this.#sequence,
      clearedAt: this.#clearedAt,
      removed,
      rows,
      parked: this.#parked,
      unparked: this.#unparked,
      history: this.#history?.changes(),
    };
  }

  get isFlushed(): boolean {
    return this.#checkpoint?.position === this.#committed?.position;
  }

  committed(commit: GenerationCommit): void {
    for (const row of commit.rows) {
      this.#held.get(row.id)!.indexed = row.indexes;
      this.#stored?.add(row);
    }
    for (const entry of this.#held.values()) {
      this.#remembered?.stored(entry.id, entry.was, entry.document);
      if (entry.document === undefined) entry.gone();
      else entry.kept();
      this.#cache.delete(entry.id);
      if (entry.document !== undefined || this.#stored === undefined) this.#cache.set(entry.id, entry);
    }
    this.#held.clear();
    for (const values of this.#changedBy.values()) values.clear();
    this.#retention?.committed();
    this.#history?.committed();
    this.#clearedAt = undefined;
    this.#parked = [];
    this.#unparked = [];
    this.#committed = commit.checkpoint;
  }

  async #plan(events: readonly Recorded<AnyEvent>[], after: bigint | undefined): Promise<readonly Step[]> {
    const steps: Step[] = [];
    const missing: string[] = [];
    const wheres = new Map<string, Where>();
    const behind = after !== undefined && (events[0]?.position ?? after) <= after;
    for (const event of events) {
      if (behind && event.position <= after) continue;
      if (event.type === 'ClusterCleared') {
        if (this.projection.outlivesClear !== true) steps.push({ event, targets: [] });
      } else if (this.#events.has(event.type)) {
        const begins = this.projection.begins?.(event) ?? true;
        const targets: Step['targets'][number][] = [];
        for (const touch of this.#touches(event)) {
          if (typeof touch !== 'string') targets.push(this.#watch(touch, wheres));
          else if (begins || this.#mayBe(touch)) targets.push(this.#hold(touch, missing));
        }
        if (targets.length > 0) steps.push({ event, targets });
      }
    }
    await this.#load(missing);
    // Queries run concurrently, because the storage may be remote.
    await Promise.all(
      [...wheres].map(async ([key, { where, equals }]) =>
        this.#holders.set(key, await this.#find(where, equals)),
      ),
    );
    return steps;
  }

  #touches(event: Recorded<AnyEvent>): readonly Touch[] {
    try {
      return this.projection.touches(event);
    } catch (error) {
      this.#park(`event ${event.id}`, event, error);
      return [];
    }
  }

  /** Returns false if there is certainly no document with this id, and if the planned events do not create one. */
  #mayBe(id: string): boolean {
    if (this.#held.has(id)) return true;
    if (this.#isAbsent('', id)) return false;
    const known = this.#cache.get(id);
    return known === undefined || known.document !== undefined;
  }

  /** Returns the document as held in memory. Adds its id to `missing` if the storage must be queried. */
  #hold(id: string, missing: string[]): Entry {
    const held = this.#held.get(id);
    if (held !== undefined) return held;
    let entry = this.#isAbsent('', id) ? undefined : this.#cache.get(id);
    if (entry === undefined) {
      entry = new Entry(id);
      if (!this.#isAbsent('', id)) missing.push(id);
    }
    this.#held.set(id, entry);
    return entry;
  }

  async #load(missing: readonly string[]): Promise<void> {
    if (missing.length === 0) return;
    for (const row of await this.#storage.load(this.generation, missing)) this.#held.get(row.id)!.fill(row);
  }

  #watch(where: Where, wheres: Map<string, Where>): Where {
    this.#track(where.where);
    if (!this.#isAbsent(where.where, where.equals)) wheres.set(indexKey(where.where, where.equals), where);
    return where;
  }

  async #find(index: string, value: string): Promise<Entry[]> {
    if (this.#isAbsent(index, value)) return [];
    const ids = this.#remembered?.get(index, value);
    if (ids !== undefined) {
      const missing: string[] = [];
      const entries = [...ids].map((id) => this.#hold(id, missing));
      await this.#load(missing);
      return entries;
    }
    const rows = await this.#storage.find(this.generation, index, value);
    this.#remembered?.learn(
      index,
      value,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => {
      let entry = this.#held.get(row.id);
      if (entry === undefined) {
        entry = this.#cache.get(row.id) ?? new Entry(row.id).fill(row);
        this.#held.set(row.id, entry);
      }
      return entry;
    });
  }

  #holdersOf(where: Where): Entry[] {
    const stored = this.#holders.get(indexKey(where.where, where.equals)) ?? [];
    const changed = this.#changedBy.get(where.where)?.get(where.equals);
    if (stored.length === 0 && changed === undefined) return [];
    const value = this.projection.indexes![where.where]!;
    return [...new Set([...stored, ...(changed ?? [])])].filter(
      (entry) => entry.document !== undefined && value(entry.document) === where.equals,
    );
  }

  #touch(entry: Entry, event: Recorded<AnyEvent>): Promise<void> | undefined {
    if (entry.applied >= event.position) {
      // The document was written by an engine that ended before it wrote its checkpoint, so its place in the creation order is already fixed.
      if (entry.created === event.position && entry.sequence > this.#sequence)
        this.#sequence = entry.sequence;
      return undefined;
    }
    if (this.#parkedIds.size > 0 && this.#parkedIds.has(entry.id)) return undefined;
    const before = entry.document;
    let after: unknown;
    try {
      after = this.projection.evolve(before, event, entry.id);
    } catch (error) {
      this.#park(entry.id, event, error);
      entry.parked = true;
      this.#history?.parked(entry, event.position);
      if (before !== undefined) entry.changed = true;
      return undefined;
    }
    if (after === before) return undefined;
    entry.document = after;
    entry.applied = event.position;
    entry.changed = true;
    if (before === undefined) {
      this.#sequence += 1;
      entry.sequence = this.#sequence;
      entry.created = event.position;
    }
    this.#history?.changed(entry, before, event.position);
    this.#retention?.moved(entry, before);
    if (after === undefined) return undefined;
    for (const [index, values] of this.#changedBy)
      this.#note(values, this.projection.indexes![index]!(after), entry);
    return before === undefined && this.#retention !== undefined
      ? this.#retain(this.#retention, after, event.position)
      : undefined;
  }

  /** Drops the documents that exceed the retention for the new document's index value. Returns a promise only if the storage has to be read. */
  #retain(retention: Retention, made: unknown, position: bigint): Promise<void> | undefined {
    const value = retention.valueOf(made);
    if (value === undefined) return undefined;
    const surplus = retention.surplus(value, this.#isAbsent(retention.keep.index, value));
    if (typeof surplus === 'number')
      return surplus > 0 ? this.#drop(retention, value, surplus, position) : undefined;
    return surplus.then(async (count) => {
      if (count > 0) await this.#drop(retention, value, count, position);
    });
  }

  async #drop(retention: Retention, value: string, count: number, position: bigint): Promise<void> {
    const entryOf = (row: Row): Entry =>
      this.#held.get(row.id) ?? this.#cache.get(row.id) ?? new Entry(row.id).fill(row);
    for (const entry of await retention.oldest(value, count, entryOf)) {
      this.#held.set(entry.id, entry);
      const before = entry.document;
      entry.document = undefined;
      entry.changed = true;
      this.#history?.changed(entry, before, position);
      retention.moved(entry, before);
      if (this.#parkedIds.delete(entry.id)) this.#unparked.push(entry.id);
    }
  }

  #clear(position: bigint): void {
    this.#clearedAt = position;
    this.#history?.cleared(
      position,
      [...this.#held.values()].filter(({ stored, sequence }) => stored !== sequence),
    );
    for (const entry of this.#held.values()) entry.empty();
    this.#holders.clear();
    for (const values of this.#changedBy.values()) values.clear();
    this.#retention?.clear();
    this.#cache.clear();
    this.#remembered?.clear();
    this.#parkedIds.clear();
    this.#parked = [];
    this.#unparked = [];
  }

  #park(id: string, event: Recorded<AnyEvent>, error: unknown): void {
    this.#parkedIds.add(id);
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.#parked.push({
      id,
      eventId: event.id,
      position: event.position,
      type: event.type,
      error: text.slice(0, 1000),
    });
  }

  /** Starts to track changed entries by this index, including entries that have already changed. */
  #track(index: string): void {
    if (this.#changedBy.has(index)) return;
    const values = new Map<string, Set<Entry>>();
    const valueOf = this.projection.indexes![index]!;
    for (const entry of this.#held.values())
      if (entry.changed && entry.document !== undefined) this.#note(values, valueOf(entry.document), entry);
    this.#changedBy.set(index, values);
  }

  #note(values: Map<string, Set<Entry>>, value: string | undefined, entry: Entry): void {
    if (value === undefined) return;
    const entries = values.get(value);
    if (entries === undefined) values.set(value, new Set([entry]));
    else entries.add(entry);
  }

  #isAbsent(index: string, value: string): boolean {
    return this.#clearedAt !== undefined || (this.#stored?.isAbsent(index, value) ?? false);
  }
}

export function indexNames(projection: Projection): readonly string[] {
  return [...singleIndexNames(projection), ...Object.keys(projection.listIndexes ?? {}).sort()];
}

function indexValues(projection: Projection): readonly ((document: unknown) => readonly string[])[] {
  return indexNames(projection).map((name) => {
    const value = projection.indexes?.[name];
    if (value === undefined) {
      const several = projection.listIndexes![name as ListIndex]!;
      return (document) => [...new Set(several(document))];
    }
    return (document) => {
      const one = value(document);
      return one === undefined ? [] : [one];
    };
  });
}

function singleIndexNames(projection: Projection): readonly string[] {
  return Object.keys(projection.indexes ?? {}).sort();
}

function listText(
  valuesOf: (document: unknown) => readonly string[],
): (document: unknown) => string | undefined {
  return (document) => {
    const values = valuesOf(document);
    return values.length === 0 ? undefined : JSON.stringify(values);
  };
}
