import { z } from 'zod';
import { identifier } from '../kernel/identifier.js';
import { desiredAllocations } from './order.js';

export const STATUS_HEADER = 'x-muster-status';
export const CHUNK_HEADER = 'x-muster-chunk';
export const LAST_CHUNK_HEADER = 'x-muster-last-chunk';
export const MESSAGE_KEY_HEADER = 'idempotency-key';

/** Request of an agent over NATS for one page of its desired allocations. `after` is the last allocation of the previous page. */
export const desiredRequest = z.strictObject({ node_id: identifier, after: z.string().max(256).optional() });

export const desiredPage = desiredAllocations.extend({
  more: z.boolean(),
});
export type DesiredPage = z.infer<typeof desiredPage>;

/** Success of a request over HTTP. */
export const message = z
  .object({ message: z.string().meta({ examples: ['Node registered successfully'] }) })
  .meta({ id: 'SuccessMessage', description: 'Success message' });

export const messageAnswer = z.object({ message: z.string(), allocation_id: z.string().optional() });
export const errorAnswer = z.object({ error: z.string() });
