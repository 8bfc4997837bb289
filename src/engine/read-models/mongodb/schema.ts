import type { Filter, UUID } from 'mongodb';
import type { GenerationState } from '../storage.js';

/** Who may change what is stored: the holder of the lease, as long as nobody has taken it. */
export interface Fence {
  readonly token: bigint;
  /** Begins with something random. */
  readonly holder: string;
}

/** One document of a generation's collection. Numbers that order anything are 64-bit integers. */
export interface StoredRow {
  readonly _id: string;
  /** Place in the creation order; negative: the document is gone, and this is kept until the checkpoint has passed it. Unique. */
  readonly s: bigint;
  /** Position of the event that made it. */
  readonly c: bigint;
  /** Position that it has seen: no older write changes it. */
  readonly a: bigint;
  readonly p: boolean;
  /** The document, as JSON text. */
  readonly j: string;
  /** Value of an index, or its values, or null; see {@link indexField}. */
  readonly [index: `x_${string}`]: string | readonly string[] | null;
}

/** A document on which a fold failed. `gone`: it is not there any more, or not parked. */
export interface StoredParked {
  /** `<generation>/<id>`. */
  readonly _id: string;
  readonly generation: number;
  readonly id: string;
  readonly eventId: string;
  readonly position: bigint;
  readonly type: string;
  readonly error: string;
  readonly gone: boolean;
}

/** What the head says of one generation. */
export interface StoredGeneration {
  readonly model: string;
  readonly version: number;
  readonly live: boolean;
  readonly indexes: readonly string[];
  /** Its present name: each holder of the lease gives it one of his own. */
  readonly collection: string;
  /** The server's own identity of the collection: one that was restored from a dump is another one. */
  readonly uuid: UUID | null;
  readonly sequence: bigint;
  /** {@link SHARED}: its checkpoint is the head's `shared`, and the three below are old. */
  readonly storeId: string | null;
  readonly position: bigint | null;
  readonly eventId: string | null;
  readonly previous: bigint | null;
  /** Parked documents of events before it went with the cluster. */
  readonly cleared: bigint;
}

/** The checkpoint of all generations that say so. */
export interface SharedCheckpoint {
  readonly storeId: string;
  readonly position: bigint;
  readonly eventId: string;
  readonly previous: bigint | null;
}

/** No log's id. A server of an older release takes it for another log's checkpoint, and builds the model anew. */
export const SHARED = 'shared';

/**
 * All that must change in one step is in this one document, because one document is what every MongoDB changes atomically: the
 * lease, which generation is live, and every checkpoint.
 */
export interface Head {
  readonly _id: 'head';
  /** How often the lease was taken: the fencing token. */
  readonly token: bigint;
  /** The token whose holder has given every collection its own name. Another one than `token`: that is under way. */
  readonly settled: bigint;
  /** Who holds the lease; empty when it was given back with nothing under way. */
  readonly holder: string;
  /** Counts what the holder does, and how often it says that it lives. */
  readonly beat: bigint;
  /** Number of the next generation. */
  readonly next: number;
  /** By {@link generationKey}. */
  readonly generations: Readonly<Record<string, StoredGeneration>>;
  /** Absent where no generation goes by it, and in what is read. */
  readonly shared?: SharedCheckpoint;
}

/** A change of the head in one step: all of it, where `where` holds, else nothing. */
export interface HeadChange {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly unset?: readonly string[];
  readonly where?: Filter<Head>;
  /** Called once it is written, before the next change is made. */
  readonly written?: () => void;
}

/** Raised when any of this changes: the collections have other names then, and the models are built anew. */
export const SCHEMA_VERSION = 1;

export const COLLECTIONS = {
  head: `muster_models_${SCHEMA_VERSION}`,
  parked: `muster_parked_${SCHEMA_VERSION}`,
  requests: `muster_requests_${SCHEMA_VERSION}`,
} as const;

/** What the names of all generations' collections begin with. */
export const DOCUMENTS = `muster_documents_${SCHEMA_VERSION}_`;

/** A name that only this holder gives: not even the token is enough where a database is emptied, or restored, under everybody's hands. */
export function collectionName(model: string, generation: number, { token, holder }: Fence): string {
  return `${DOCUMENTS}${model}_${generation}_${token}_${holder.slice(0, 8)}`;
}

/** Not a bare number: in a path that could mean a place in an array. */
export function generationKey(generation: number): string {
  return `g${generation}`;
}

/** The generation of a {@link generationKey}. */
export function generationOf(key: string): number {
  return Number(key.slice(1));
}

export function indexField(index: string): `x_${string}` {
  return `x_${index}`;
}

export function toState(key: string, stored: StoredGeneration): GenerationState {
  const { model, version, live, sequence, storeId, position, eventId, previous } = stored;
  return {
    generation: generationOf(key),
    model,
    version,
    live,
    sequence: Number(sequence),
    checkpoint: storeId === null || position === null || eventId === null ? undefined : { storeId, position, eventId, previous: previous ?? undefined },
  };
}
