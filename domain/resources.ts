import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from './plain-name.js';

/** Registered capacity: non-negative numbers by name, integers for what is scheduled. */
export const nodeResources = z.record(z.string(), z.number().nonnegative());
/** What constraints can name of a node. */
export const nodeAttributes = z.record(z.string().regex(PLAIN_NAME, PLAIN_NAME_RULE), z.union([z.string(), z.number(), z.boolean()]));
export type NodeAttributes = z.infer<typeof nodeAttributes>;
