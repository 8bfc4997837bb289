import type { EventType, RecordedMusterEvent } from '#domain/event-types/index.js';

/** The documents that an event concerns: by id, or by an index value for the few events that do not contain the ids. */
export type Touch = string | { readonly where: string; readonly equals: string };

/** An index with multiple values per document. */
export type ListIndex = `${string}[]`;

/**
 * A read model as a pure fold. The engine loads the documents of a batch, evolves them in memory, and writes them together with the checkpoint. It
 * also handles `ClusterCleared`, which empties every model that does not outlive it.
 */
export interface Projection<Document = unknown> {
  readonly name: string;
  readonly version: number;
  /** Whether its documents are unaffected by `ClusterCleared`. */
  readonly outlivesClear?: boolean;
  readonly events: readonly EventType[];
  readonly indexes?: Readonly<Record<string, (document: Document) => string | undefined>>;
  readonly listIndexes?: Readonly<Record<ListIndex, (document: Document) => readonly string[]>>;
  readonly share?: string;
  readonly keep?: { readonly index: string; readonly newest: number };
  touches(event: RecordedMusterEvent): readonly Touch[];
  /** Whether an event can create a document. Default: any can. Other events are skipped cheaply if the document certainly does not exist. */
  begins?(event: RecordedMusterEvent): boolean;
  /**
   * If `document` is undefined, it does not exist. Returning undefined deletes it, and returning the same object means no change. Must not mutate its
   * argument. `id` is the id of the document.
   */
  evolve(document: Document | undefined, event: RecordedMusterEvent, id: string): Document | undefined;
}

export function projection<Document>(definition: Projection<Document>): Projection {
  return definition as Projection;
}
