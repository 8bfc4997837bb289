import type { Db, UUID } from 'mongodb';
import { MusterError } from '#domain/errors/index.js';
import type { Projection } from '#projections/projection.js';
import { collectionsOf, isThat } from './collections.js';
import { HeadDocument } from './head.js';
import { Joined } from './joined.js';
import type { OwnGenerations } from './own-generations.js';
import { positionOf } from './position.js';
import type { Head } from './schema.js';

/** The collection that a model is read from. */
export interface LiveCollection {
  readonly collection: string;
  readonly indexes: readonly string[];
}

interface Known extends LiveCollection {
  /** Whether the collection has its name; undefined where the server gives collections no identity. */
  readonly isNamedSo: Joined<boolean> | undefined;
}

/** Where the live generation of each model is, as the head said last. */
export class LiveModels {
  readonly #place: { readonly db: Db };
  readonly #projections: readonly Projection[];
  /** The position that every model has folded; -1 where one is not there. */
  readonly #head: Joined<bigint>;
  #known = new Map<string, Known>();
  #settled = false;

  /**
   * @param place asked for its database each time.
   * @param own tells the models of this log from others; absent: every model is taken.
   */
  constructor(place: { readonly db: Db }, projections: readonly Projection[], own?: OwnGenerations) {
    this.#place = place;
    this.#projections = projections;
    const head = new HeadDocument(place);
    this.#head = new Joined(async () => {
      const read = await head.read();
      return this.#learn(read === undefined ? undefined : ((await own?.of(read)) ?? read));
    });
  }

  async of(model: string): Promise<LiveCollection> {
    if (!this.#known.has(model)) await this.look();
    const live = this.#known.get(model);
    if (live === undefined) throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', { model, problem: 'it is being built' });
    return live;
  }

  /**
   * Whether a model is still read from there; a look that began after the reading tells. A collection that goes loses its name, or is dropped, before
   * anything more is folded, and no other gets that name: while the very one has it, nothing was missed. The head is ten times as much to read.
   */
  async isStill(model: string, { collection }: LiveCollection): Promise<boolean> {
    const known = this.#known.get(model);
    if (known?.collection === collection && (await known.isNamedSo?.afresh()) === true) return true;
    await this.#head.afresh();
    return this.#settled && this.#known.get(model)?.collection === collection;
  }

  /** Asks the head, once for all who ask at the same time. Answers the position that every model has folded; -1 where one is not there. */
  look(): Promise<bigint> {
    return this.#head.join();
  }

  #learn(head: Head | undefined): bigint {
    const versions = new Map(this.#projections.map(({ name, version }) => [name, version]));
    const live = Object.values(head?.generations ?? {}).filter((each) => each.live && versions.get(each.model) === each.version);
    this.#known = new Map(
      live.map(({ model, collection, indexes, uuid }) => [
        model,
        { collection, indexes, isNamedSo: uuid === null ? undefined : this.#naming(collection, uuid) },
      ]),
    );
    this.#settled = head !== undefined && head.settled === head.token;
    return positionOf(head, this.#projections);
  }

  #naming(collection: string, uuid: UUID): Joined<boolean> {
    return new Joined(async () => (await collectionsOf(this.#place.db, collection)).some((each) => isThat(each, uuid)));
  }
}
