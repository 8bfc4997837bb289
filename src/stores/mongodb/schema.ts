import { z } from 'zod';
import type { GenerationState } from '#src/engine/read-models/index.js';

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

/** JSON has no 64-bit integers, so they are stored as text. */
const integer = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform(BigInt);

const storedGeneration = z.object({
  model: z.string(),
  version: z.number(),
  live: z.boolean(),
  indexes: z.array(z.string()).readonly(),
  collection: z.string(),
  /** Hexadecimal id of the collection. Null if the server does not assign ids to collections. */
  uuid: z.string().nullable(),
  sequence: integer,
  storeId: z.string().nullable(),
  position: integer.nullable(),
  eventId: z.string().nullable(),
  previous: integer.nullable(),
  cleared: integer,
  /** Position of the last commit that changed a document. Null before the first one. */
  changed: integer.nullable(),
});

/** The generations by their keys, as the head contains them. */
export const storedGenerations = z.record(z.string(), storedGeneration);

export type StoredGeneration = Readonly<z.infer<typeof storedGeneration>>;

/**
 * Everything that must change in one step is in this one document, because every MongoDB-compatible server changes a single document atomically: the
 * lease, the live generations, and all checkpoints.
 */
export interface Head {
  readonly token: bigint;
  readonly settled: bigint;
  /** The holder of the lease. Empty after a release with nothing in progress. */
  readonly holder: string;
  /** Increases with each change, and with each heartbeat of the holder. */
  readonly beat: bigint;
  readonly next: number;
  readonly generations: Readonly<Record<string, StoredGeneration>>;
}

/**
 * The head as it is stored. The generations are one JSON text: FerretDB handles a document field by field, so with 400 fields a read cost four times
 * as much, and a commit twice as much.
 */
export interface StoredHead extends Omit<Head, 'generations'> {
  readonly _id: 'head';
  readonly generations: string;
}

/** Must be increased when the stored format changes. The collections then get new names, and the models are rebuilt. */
export const SCHEMA_VERSION = 2;

/** Returns the names of the collections in that version of the schema. The names of document collections start with `documents`. */
export function collectionNames(version: number) {
  return {
    head: `muster_models_${version}`,
    parked: `muster_parked_${version}`,
    requests: `muster_requests_${version}`,
    documents: `muster_documents_${version}_`,
  } as const;
}

export const COLLECTIONS = collectionNames(SCHEMA_VERSION);

/** Returns a name that only this holder uses. The token alone is not enough if a database is emptied or restored while in use. */
export function collectionName(model: string, generation: number, { token, holder }: Fence): string {
  return `${COLLECTIONS.documents}${model}_${generation}_${token}_${holder.slice(0, 8)}`;
}

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
