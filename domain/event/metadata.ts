import { z } from 'zod';

/** What every event carries in addition to its data. `$correlationId` and `$causationId` are EventStoreDB's names for them. */
export const eventMetadata = z.strictObject({
  /** One value for all that follows from one request of the outside world. */
  $correlationId: z.string(),
  /** The command or event that directly caused this one. */
  $causationId: z.string(),
  /** When it was decided, by the decider's clock: milliseconds since the Unix epoch. Folds use this time and no other. */
  at: z.number().int().nonnegative(),
  /** Version of the event's data schema. */
  v: z.number().int().positive(),
  /** Which command appended it. Equal for the retries of one command, where the client gave an `Idempotency-Key`. */
  commandId: z.string().optional(),
  /** SHA-256 of the request's body, hex; only with a `commandId` that the client can repeat. */
  bodyDigest: z.string().optional(),
  /** Who asked: `anonymous`, `user:<id>`, `node:<id>`, `saga:<name>`. */
  actor: z.string().optional(),
  /** Through which surface: `cluster`, `gpu`, … */
  surface: z.string().optional(),
});

export type EventMetadata = z.infer<typeof eventMetadata>;

/** As it is stored: the keys above in their order, and no others. It is made by us alone, so the types are check enough. */
export function metadataText(metadata: Omit<EventMetadata, 'v'>, v: number): string {
  const { $correlationId, $causationId, at, commandId, bodyDigest, actor, surface } = metadata;
  return JSON.stringify({ $correlationId, $causationId, at, v, commandId, bodyDigest, actor, surface });
}
