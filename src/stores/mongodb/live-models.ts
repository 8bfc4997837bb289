import type { Db } from 'mongodb';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Projection } from '#domain/kernel/projection.js';
import type { ChangedModels } from '#domain/kernel/ports/read-models.js';
import { HeadChanges } from './changed-models.js';
import { collectionsOf } from './collections.js';
import { HeadDocument } from './head.js';
import { SharedQuery } from './shared-query.js';
import type { OwnGenerations } from './own-generations.js';
import { positionOf } from './position.js';
import type { Head } from './schema.js';

export interface LiveCollection {
  readonly collection: string;
  readonly indexes: readonly string[];
}

interface Known extends LiveCollection {
  /** Whether the collection still has its name. Undefined if the server does not assign ids to collections. */
  readonly isNamedSo: SharedQuery<boolean> | undefined;
}

/** Locates the live generation of each model, as last read from the head. */
export class LiveModels {
  readonly #place: { readonly db: Db };
  readonly #projections: readonly Projection[];
  /** The position that every model has folded, or -1 if a model is missing. */
  readonly #head: SharedQuery<bigint>;
  #known = new Map<string, Known>();
  #settled = false;
  readonly #changes = new HeadChanges();
  #changed: ChangedModels = 'any';

  /** `place.db` is read each time it is needed. `own` recognizes the models of this log; if undefined, every model is accepted. */
  constructor(place: { readonly db: Db }, projections: readonly Projection[], own?: OwnGenerations) {
    this.#place = place;
    this.#projections = projections;
    const head = new HeadDocument(place);
    this.#head = new SharedQuery(async () => {
      const read = await head.read();
      return this.#learn(read === undefined ? undefined : ((await own?.of(read)) ?? read));
    });
  }

  async of(model: string): Promise<LiveCollection> {
    if (!this.#known.has(model)) await this.look();
    const live = this.#known.get(model);
    if (live === undefined)
      throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', { model, problem: 'it is being built' });
    return live;
  }

  /**
   * Returns whether this is still the live collection of the model. The check must begin after the read. A replaced collection is renamed or dropped
   * before anything more is folded, and no other collection gets its name. So if the collection still has its name, the read did not miss anything.
   * Reading the head instead would cost twice as much.
   */
  async isStill(model: string, { collection }: LiveCollection): Promise<boolean> {
    const known = this.#known.get(model);
    if (known?.collection === collection && (await known.isNamedSo?.fresh()) === true) return true;
    await this.#head.fresh();
    return this.#settled && this.#known.get(model)?.collection === collection;
  }

  /** Reads the head, once for all concurrent callers. Returns the position that every model has folded, or -1 if a model is missing. */
  look(): Promise<bigint> {
    return this.#head.join();
  }

  /** Returns the models that have changed since the last call, as far as the head was read. */
  takeChanged(): ChangedModels {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  #learn(head: Head | undefined): bigint {
    const changed = this.#changes.next(head);
    this.#changed =
      this.#changed === 'any' || changed === 'any' ? 'any' : new Set([...this.#changed, ...changed]);
    const versions = new Map(this.#projections.map(({ name, version }) => [name, version]));
    const live = Object.values(head?.generations ?? {}).filter(
      (each) => each.live && versions.get(each.model) === each.version,
    );
    this.#known = new Map(
      live.map(({ model, collection, indexes, uuid }) => [
        model,
        { collection, indexes, isNamedSo: uuid === null ? undefined : this.#naming(collection, uuid) },
      ]),
    );
    this.#settled = head !== undefined && head.settled === head.token;
    return positionOf(head, this.#projections);
  }

  #naming(collection: string, uuid: string): SharedQuery<boolean> {
    return new SharedQuery(async () =>
      (await collectionsOf(this.#place.db, collection)).some((each) => each.uuid === uuid),
    );
  }
}
