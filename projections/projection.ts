import type { EventType, RecordedMusterEvent } from '#domain/event-types/index.js';

/** Which documents an event concerns: by id, or all whose index holds a value, for the few events that cannot name them. */
export type Touch = string | { readonly where: string; readonly equals: string };

/** Name of an index that holds many values of a document. */
export type ListIndex = `${string}[]`;

/**
 * One read model as a pure fold. The engine loads what a batch touches, evolves it in memory, and writes it together
 * with the checkpoint. A `ClusterCleared` empties every model but those that outlive it; no projection handles it itself.
 */
export interface Projection<Document = unknown> {
  /** Name of the model and of its table. */
  readonly name: string;
  /** Raised when the fold or the document changes: the engine rebuilds the model. */
  readonly version: number;
  /** A `ClusterCleared` leaves its documents as they are. */
  readonly outlivesClear?: boolean;
  /** Events that can touch a document; others are not shown to it. */
  readonly events: readonly EventType[];
  /** Secondary indexes: for a document the value to find it by, or undefined for none. */
  readonly indexes?: Readonly<Record<string, (document: Document) => string | undefined>>;
  /** Indexes by which a reader finds a document under each of a few values. No touch, order or `keep` goes by them. */
  readonly listIndexes?: Readonly<Record<ListIndex, (document: Document) => readonly string[]>>;
  /** When many models are built from the whole log, those of one share are folded by one thread. Shares should have about the same work. */
  readonly share?: string;
  /** Keep only the newest so many documents of one index value; what is older is dropped as new ones come. */
  readonly keep?: { readonly index: string; readonly newest: number };
  /** Which documents an event concerns, whether there are any or not. */
  touches(event: RecordedMusterEvent): readonly Touch[];
  /** Whether an event can make a document; absent: any can. An event that cannot is not folded where there surely is no document, and leaves no trace in memory. */
  begins?(event: RecordedMusterEvent): boolean;
  /**
   * `undefined` in: there is none yet. `undefined` out: there is none (any more). The same object out: nothing changed.
   * Must not change its argument. `id` is the document's.
   */
  evolve(document: Document | undefined, event: RecordedMusterEvent, id: string): Document | undefined;
}

/** Keeps the document's type inside a projection while the engine handles them all alike. */
export function projection<Document>(definition: Projection<Document>): Projection {
  return definition as Projection;
}
