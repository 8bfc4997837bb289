import type { EventStore } from '#domain/ports/event-store.js';

/** A deviation from the events. */
export interface Finding {
  readonly check: string;
  /** The model, stream, node or other subject. */
  readonly subject: string;
  /** Id of the document, event or other item, if any. */
  readonly id?: string;
  /** `missing`, `extra`, `changed`, or a sentence. */
  readonly problem: string;
  /** JSON pointer to the first difference. */
  readonly path?: string;
  /** Actual and expected values: JSON texts, shortened. */
  readonly actual?: string;
  readonly expected?: string;
}

export interface Check {
  readonly name: string;
  run(store: EventStore): Promise<readonly Finding[]>;
}
