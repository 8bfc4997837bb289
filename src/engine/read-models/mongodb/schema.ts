import type { Filter, UUID } from 'mongodb';
import type { GenerationState } from '../storage.js';

/** Authorizes changes: the holder of the lease, until another process takes it. */
export interface Fence {
  readonly token: bigint;
  readonly holder: string;
}

/** One document of a generation's collection. Numbers that define an order are 64-bit integers. */
export interface StoredRow {
  readonly _id: string;
  /** Place in the creation order. Negative: the document is removed, and stays as a tombstone until the checkpoint has passed it. Unique. */
  readonly s: bigint;
  readonly c: bigint;
  /** Position that it has applied: no older write changes it. */
  readonly a: bigint;
  readonly p: boolean;
  readonly j: string;
  /** Value of an index, or its values, or null; see {@link indexField}. */
  readonly [index: `x_${string}`]: string | readonly string[] | null;
}

/** A document on which a fold failed. `gone`: it was removed, or is no longer parked. */
export interface StoredParked {
  readonly _id: string;
  readonly generation: number;
  readonly id: string;
  readonly eventId: string;
  readonly position: bigint;
  readonly type: string;
  readonly error: string;
  readonly gone: boolean;
}

export interface StoredGeneration {
  readonly model: string;
  readonly version: number;
  readonly live: boolean;
  readonly indexes: readonly string[];
  readonly collection: string;
  /** The server's own id of the collection: one that was restored from a dump has another. */
  readonly uuid: UUID | null;
  readonly sequence: bigint;
  /** {@link SHARED}: its checkpoint is the head's `shared`, and the three below are outdated. */
  readonly storeId: string | null;
  readonly position: bigint | null;
  readonly eventId: string | null;
  readonly previous: bigint | null;
  /** Parked documents of events before this position were removed by a clear. */
  readonly cleared: bigint;
}

export interface SharedCheckpoint {
  readonly storeId: string;
  readonly position: bigint;
  readonly eventId: string;
  readonly previous: bigint | null;
}

/** Not the id of any log. A server of an older release takes it for another log's checkpoint, and rebuilds the model. */
export const SHARED = 'shared';

/**
 * Everything that must change in one step is in this one document, because every MongoDB changes a single document atomically: the lease, the live
 * generations, and all checkpoints.
 */
export interface Head {
  readonly _id: 'head';
  /** Number of times that the lease was taken: the fencing token. */
  readonly token: bigint;
  /** The token whose holder has renamed every collection. If it differs from `token`, that is in progress. */
  readonly settled: bigint;
  /** The holder of the lease; empty when it was released with nothing in progress. */
  readonly holder: string;
  readonly beat: bigint;
  readonly next: number;
  readonly generations: Readonly<Record<string, StoredGeneration>>;
  /** Undefined if no generation refers to it, and in the result of a read. */
  readonly shared?: SharedCheckpoint;
}

/** An atomic change of the head, applied if `where` holds. */
export interface HeadChange {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly unset?: readonly string[];
  readonly where?: Filter<Head>;
  /** Called once it is written, before the next change. */
  readonly written?: () => void;
}

/** Must be increased with any of this: collections then have other names, and the models are rebuilt. */
export const SCHEMA_VERSION = 1;

export const COLLECTIONS = {
  head: `muster_models_${SCHEMA_VERSION}`,
  parked: `muster_parked_${SCHEMA_VERSION}`,
  requests: `muster_requests_${SCHEMA_VERSION}`,
} as const;

/** Prefix of the names of all document collections. */
export const DOCUMENTS = `muster_documents_${SCHEMA_VERSION}_`;

/** A name that only this holder uses. The token alone is not enough if a database is emptied or restored while in use. */
export function collectionName(model: string, generation: number, { token, holder }: Fence): string {
  return `${DOCUMENTS}${model}_${generation}_${token}_${holder.slice(0, 8)}`;
}

/** Not a bare number, which in a path could mean an array index. */
export function generationKey(generation: number): string {
  return `g${generation}`;
}

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
    checkpoint:
      storeId === null || position === null || eventId === null
        ? undefined
        : { storeId, position, eventId, previous: previous ?? undefined },
  };
}
