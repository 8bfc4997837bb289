import type { z } from 'zod';

/** Schemas of a route's responses, by status. */
export type Responses = Readonly<
  Record<string, { readonly content?: Readonly<Record<string, { readonly schema: z.ZodType }>> }>
>;

/** Statuses that are derived from a route's declaration. Their bodies have the shape of its 500. */
const DERIVED: ReadonlySet<number> = new Set([400, 401, 403, 422, 429]);

/** Returns the schema of a route's JSON response with this status, declared or derived. */
export function answerSchema(responses: Responses | undefined, status: number): z.ZodType | undefined {
  const answer = responses?.[status] ?? (DERIVED.has(status) ? responses?.[500] : undefined);
  return answer?.content?.['application/json']?.schema;
}
