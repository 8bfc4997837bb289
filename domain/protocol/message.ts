import { z } from 'zod';
import { identifier } from '../kernel/identifier.js';
import { allocationOrder, desiredAllocations } from './order.js';

export const STATUS_HEADER = 'x-muster-status';
/** Number of a log chunk, from 0. */
export const CHUNK_HEADER = 'x-muster-chunk';
/** `true` with the last chunk of a log. */
export const LAST_CHUNK_HEADER = 'x-muster-last-chunk';
/** Makes registrations over NATS idempotent: one that arrives twice begins one epoch. */
export const MESSAGE_KEY_HEADER = 'idempotency-key';

export const agentOrder = z.discriminatedUnion('order', [
  z.strictObject({
    order: z.literal('place'),
    allocation: allocationOrder.meta({
      description: 'What to run. It is answered at once; heartbeats say what becomes of it',
    }),
  }),
  z.strictObject({
    order: z.literal('stop'),
    allocation_id: z.string().max(256).meta({ description: 'What to stop. 404: the node does not have it' }),
  }),
]);
export type AgentOrder = z.infer<typeof agentOrder>;

/** Requested by an agent over NATS, page by page. `after` is the last allocation of the previous page. */
export const desiredRequest = z.strictObject({ node_id: identifier, after: z.string().max(256).optional() });
export type DesiredRequest = z.infer<typeof desiredRequest>;

/** In the order of allocation ids. All pages of a list have the same digest. */
export const desiredPage = desiredAllocations.extend({
  more: z.boolean(),
});
export type DesiredPage = z.infer<typeof desiredPage>;

export const messageAnswer = z.object({ message: z.string(), allocation_id: z.string().optional() });
export const errorAnswer = z.object({ error: z.string() });
