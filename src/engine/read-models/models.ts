import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { Mention } from '#domain/kernel/ports/log-mentions.js';
import type { Projection } from '#domain/kernel/projection.js';

/** The read models of a program, and the events of the log from which they are folded. */
export interface Models {
  /** All kinds of streams in the log, because a fold must know the events that it skips. */
  readonly catalog: Catalog;
  readonly projections: readonly Projection[];
  /** Returns what an event can be found by, in addition to the request that caused it. */
  readonly mentionedBy: (event: RecordedEvent) => readonly Mention[];
}
