import { z } from 'zod';

/** Metadata of every event. `$correlationId` and `$causationId` are the names that EventStoreDB uses. */
export const eventMetadata = z.strictObject({
  $correlationId: z.string(),
  $causationId: z.string(),
  /** Time of the decision by the decider's clock, in milliseconds since the Unix epoch. Folds use this time only. */
  at: z.number().int().nonnegative(),
  v: z.number().int().positive(),
  commandId: z.string().optional(),
  bodyDigest: z.string().optional(),
  actor: z.string().optional(),
  /** Id of the API key that the actor used. Absent for other credentials. */
  apiKey: z.string().optional(),
  surface: z.string().optional(),
  /** Number of Muster's events between the previous plan and this one that this plan takes into account. */
  basis: z.number().int().nonnegative().optional(),
  rules: z.number().int().positive().optional(),
});

export type EventMetadata = z.infer<typeof eventMetadata>;

/** Serialises metadata with its keys in the order above. Only Muster's own code calls it, so the types are not checked at run time. */
export function metadataText(metadata: Omit<EventMetadata, 'v'>, v: number): string {
  const { $correlationId, $causationId, at, commandId, bodyDigest, actor, apiKey, surface, basis, rules } =
    metadata;
  return JSON.stringify({
    $correlationId,
    $causationId,
    at,
    v,
    commandId,
    bodyDigest,
    actor,
    apiKey,
    surface,
    basis,
    rules,
  });
}
