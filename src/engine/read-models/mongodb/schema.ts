import type { Filter, UUID } from 'mongodb';
import type { GenerationState } from '../storage.js';

/** Identifies the holder of the lease, whose changes are accepted until a different process takes the lease. */
export interface Fence {
  readonly token: bigint;
  readonly holder: string;
}

/** One document of a generation's collection. Numbers that define an order are stored as 64-bit integers. */
export interface StoredRow {
  readonly _id: string;
  /** Unique place in the creation order. Negative if the document was removed and is kept as a tombstone until the checkpoint has passed it. */
  readonly s: bigint;
  readonly c: bigint;
  readonly a: bigint;
  readonly p: boolean;
  readonly j: string;
  readonly [index: `x_${string}`]: string | readonly string[] | null;
}

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
  readonly uuid: UUID | null;
  readonly sequence: bigint;
  readonly storeId: string | null;
  readonly position: bigint | null;
  readonly eventId: string | null;
  readonly previous: bigint | null;
  readonly cleared: bigint;
}

/**
 * What the commits of this lease holder have changed. `last` has the position of each generation's last change. A generation that is not in it has not
 * changed since `since`, the holder's first commit. Holders of older releases leave it as it is, so it is only valid if the shared checkpoint is at
 * `position`.
 */
export interface Changes {
  readonly position: bigint;
  readonly since: bigint;
  readonly last: Readonly<Record<string, bigint>>;
}

export interface SharedCheckpoint {
  readonly storeId: string;
  readonly position: bigint;
  readonly eventId: string;
  readonly previous: bigint | null;
}

/** This is not the id of any log. A server of an older release treats it as the checkpoint of a different log, and rebuilds the model. */
export const SHARED = 'shared';

/**
 * Everything that must change in one step is in this one document, because every MongoDB-compatible server changes a single document atomically: the
 * lease, the live generations, and all checkpoints.
 */
export interface Head {
  readonly _id: 'head';
  readonly token: bigint;
  readonly settled: bigint;
  /** The holder of the lease. Empty after a release with nothing in progress. */
  readonly holder: string;
  readonly beat: bigint;
  readonly next: number;
  readonly generations: Readonly<Record<string, StoredGeneration>>;
  readonly shared?: SharedCheckpoint;
  readonly changes?: Changes;
  /** By key of the generation, the position of the last commit that changed a document, if it is known. Not stored: made from `changes` when the head is read. */
  readonly changed?: Readonly<Record<string, bigint>>;
}

/** An atomic change of the head. It is applied only if `where` matches. */
export interface HeadChange {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly unset?: readonly string[];
  readonly where?: Filter<Head>;
  readonly written?: () => void;
}

/** Must be increased when the stored format changes. The collections then get new names, and the models are rebuilt. */
export const SCHEMA_VERSION = 1;

export const COLLECTIONS = {
  head: `muster_models_${SCHEMA_VERSION}`,
  parked: `muster_parked_${SCHEMA_VERSION}`,
  requests: `muster_requests_${SCHEMA_VERSION}`,
} as const;

/** Prefix of the names of all document collections. */
export const DOCUMENTS = `muster_documents_${SCHEMA_VERSION}_`;

/** Returns a name that only this holder uses. The token alone is not enough if a database is emptied or restored while in use. */
export function collectionName(model: string, generation: number, { token, holder }: Fence): string {
  return `${DOCUMENTS}${model}_${generation}_${token}_${holder.slice(0, 8)}`;
}

/** The key is not a bare number, because in a path that could mean an array index. */
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
    history: false,
    checkpoint:
      storeId === null || position === null || eventId === null
        ? undefined
        : { storeId, position, eventId, previous: previous ?? undefined },
  };
}
