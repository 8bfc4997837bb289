import { z } from 'zod';

/** Metadata of every event. `$correlationId` and `$causationId` are the names that EventStoreDB uses. */
export const eventMetadata = z.strictObject({
  $correlationId: z.string(),
  $causationId: z.string(),
  /** Time of the decision by the decider's clock, in milliseconds since the Unix epoch. Folds use no other time. */
  at: z.number().int().nonnegative(),
  v: z.number().int().positive(),
  /** The command that appended it. Retries have the same id if the client sent an `Idempotency-Key`. */
  commandId: z.string().optional(),
  /** SHA-256 of the request body in hex; only with a `commandId` that the client can repeat. */
  bodyDigest: z.string().optional(),
  /** `anonymous`, `user:<id>`, `node:<id>` or `saga:<name>`. */
  actor: z.string().optional(),
  /** The surface, such as `cluster` or `gpu`. */
  surface: z.string().optional(),
});

export type EventMetadata = z.infer<typeof eventMetadata>;

/** Serialises metadata with its keys in the order above. Only our own code calls it, so types are check enough. */
export function metadataText(metadata: Omit<EventMetadata, 'v'>, v: number): string {
  const { $correlationId, $causationId, at, commandId, bodyDigest, actor, surface } = metadata;
  return JSON.stringify({ $correlationId, $causationId, at, v, commandId, bodyDigest, actor, surface });
}
