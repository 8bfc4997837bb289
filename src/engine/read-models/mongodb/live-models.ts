import { MusterError } from '#domain/errors/index.js';
import type { Projection } from '#projections/projection.js';
import type { HeadDocument } from './head.js';
import { positionOf } from './position.js';
import type { Head } from './schema.js';

/** The collection that a model is read from. */
export interface LiveCollection {
  readonly collection: string;
  readonly indexes: readonly string[];
}

/** Where the live generation of each model is, as the head said last. */
export class LiveModels {
  readonly #head: HeadDocument;
  readonly #projections: readonly Projection[];
  #known = new Map<string, LiveCollection>();
  #settled = false;
  #look: Promise<bigint> | undefined;

  constructor(head: HeadDocument, projections: readonly Projection[]) {
    this.#head = head;
    this.#projections = projections;
  }

  async of(model: string): Promise<LiveCollection> {
    if (!this.#known.has(model)) await this.look();
    const live = this.#known.get(model);
    if (live === undefined) throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', { model, problem: 'it is being built' });
    return live;
  }

  /** Whether a model is still read from there; a look that began after the reading tells. */
  async isStill(model: string, live: LiveCollection): Promise<boolean> {
    await this.#look?.catch(() => undefined);
    await this.look();
    return this.#settled && this.#known.get(model)?.collection === live.collection;
  }

  /** Asks the head, once for all who ask at the same time. Answers the position that every model has folded; -1 where one is not there. */
  look(): Promise<bigint> {
    this.#look ??= this.#head
      .read()
      .then((head) => this.#learn(head))
      .finally(() => (this.#look = undefined));
    return this.#look;
  }

  #learn(head: Head | undefined): bigint {
    const versions = new Map(this.#projections.map(({ name, version }) => [name, version]));
    const live = Object.values(head?.generations ?? {}).filter((each) => each.live && versions.get(each.model) === each.version);
    this.#known = new Map(live.map(({ model, collection, indexes }) => [model, { collection, indexes }]));
    this.#settled = head !== undefined && head.settled === head.token;
    return positionOf(head, this.#projections);
  }
}
