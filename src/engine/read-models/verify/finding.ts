import type { EventStore } from '#domain/ports/event-store.js';

/** Something that is not as the events say. */
export interface Finding {
  /** Name of the check that found it. */
  readonly check: string;
  /** What it is about: a model, a stream, a node … */
  readonly subject: string;
  /** Id of the document, event or thing concerned, where there is one. */
  readonly id?: string;
  /** `missing`, `extra`, `changed`, or a sentence. */
  readonly problem: string;
  /** Where the first difference is, as a JSON pointer. */
  readonly path?: string;
  /** What stands there, and what should: JSON texts, cut short. */
  readonly actual?: string;
  readonly expected?: string;
}

/** A further check that `verify` runs over the same log. */
export interface Check {
  readonly name: string;
  run(store: EventStore): Promise<readonly Finding[]>;
}
