import type { EventType, RecordedMusterEvent } from '#domain/event-types/index.js';

/** The documents that an event concerns: by id, or by an index value for the few events that cannot name them. */
export type Touch = string | { readonly where: string; readonly equals: string };

/** An index with many values per document. */
export type ListIndex = `${string}[]`;

/**
 * A read model as a pure fold. The engine loads the documents of a batch, evolves them in memory, and writes them
 * together with the checkpoint. It also handles `ClusterCleared`, which empties every model that does not outlive it.
 */
export interface Projection<Document = unknown> {
  readonly name: string;
  /** Raise it when the fold or the document changes: the engine rebuilds the model. */
  readonly version: number;
  /** `ClusterCleared` does not affect its documents. */
  readonly outlivesClear?: boolean;
  /** Only these events are passed to it. */
  readonly events: readonly EventType[];
  /** Secondary indexes: return a document's value, or undefined for none. */
  readonly indexes?: Readonly<Record<string, (document: Document) => string | undefined>>;
  /** Indexes for readers only, with several values per document. Not for touches, order or `keep`. */
  readonly listIndexes?: Readonly<Record<ListIndex, (document: Document) => readonly string[]>>;
  /** When several models are rebuilt, one thread folds those of the same share. Shares should have about equal work. */
  readonly share?: string;
  /** Retains only the newest documents of each index value; older ones are dropped as new ones come. */
  readonly keep?: { readonly index: string; readonly newest: number };
  touches(event: RecordedMusterEvent): readonly Touch[];
  /** Whether an event can create a document; absent: any can. Other events are skipped cheaply if the document certainly does not exist. */
  begins?(event: RecordedMusterEvent): boolean;
  /**
   * An undefined document does not exist; returning undefined deletes it; returning the same object means no change.
   * Must not mutate its argument. `id` is the document's.
   */
  evolve(document: Document | undefined, event: RecordedMusterEvent, id: string): Document | undefined;
}

/** Checks the document's type within a projection and hides it from the engine. */
export function projection<Document>(definition: Projection<Document>): Projection {
  return definition as Projection;
}
