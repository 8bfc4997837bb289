import type { AnyEvent, EventTable, Recorded, RecordedOf } from './event/index.js';

/** The documents that an event concerns: by id, or by an index value for the few events that do not contain the ids. */
export type Touch = string | { readonly where: string; readonly equals: string };

/** An index with multiple values per document. */
export type ListIndex = `${string}[]`;

/** The part of a read model that depends on the types of its documents and events. */
interface Fold<Document, Event> {
  readonly indexes?: Readonly<Record<string, (document: Document) => string | undefined>>;
  readonly listIndexes?: Readonly<Record<ListIndex, (document: Document) => readonly string[]>>;
  touches(event: Event): readonly Touch[];
  /** Whether an event can create a document. Default: any can. Other events are skipped cheaply if the document certainly does not exist. */
  begins?(event: Event): boolean;
  /**
   * If `document` is undefined, it does not exist. Returning undefined deletes it, and returning the same object means no change. Must not mutate its
   * argument. `id` is the id of the document.
   */
  evolve(document: Document | undefined, event: Event, id: string): Document | undefined;
}

interface Described {
  readonly name: string;
  readonly version: number;
  /** Whether its documents are unaffected by `ClusterCleared`. */
  readonly outlivesClear?: boolean;
  readonly share?: string;
  readonly keep?: { readonly index: string; readonly newest: number };
}

/**
 * A read model as a pure fold. The engine loads the documents of a batch, evolves them in memory, and writes them together with the checkpoint. It
 * also handles `ClusterCleared`, which empties every model that does not outlive it. A caller of `touches` or `evolve` passes only events of the
 * types in `events`: a fold does not expect others.
 */
export interface Projection<Document = unknown> extends Described, Fold<Document, Recorded<AnyEvent>> {
  /** Types of the events that are folded. */
  readonly events: readonly string[];
}

/** `events`: the events that are folded, which are also the only ones that have a type in the fold. */
export interface ProjectionDefinition<Document, Table extends EventTable>
  extends Described, Fold<Document, RecordedOf<Table>> {
  readonly events: Table;
}

export function projection<Document, Table extends EventTable>(
  definition: ProjectionDefinition<Document, Table>,
): Projection {
  return { ...(definition as unknown as Projection), events: Object.keys(definition.events) };
}
