import { z } from 'zod';

/** Registered capacity: non-negative numbers by name, integers for what is scheduled. */
export const nodeResources = z.record(z.string(), z.number().nonnegative());
/** What constraints can name of a node. */
export const nodeAttributes = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export type NodeAttributes = z.infer<typeof nodeAttributes>;
