import { z } from 'zod';
import { UuidNamespace } from '../../kernel/name-uuid.js';

const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const HOSTNAMES = new UuidNamespace('9f0c1c5e-6f0b-4f3e-8a3a-2f6d7f0f5a61');

/** RFC 1123, plus underscores, which many machine names contain. Stored as first sent. */
export const hostname = z
  .string()
  .max(253)
  .regex(
    new RegExp(`^${LABEL}(?:\\.${LABEL})*$`),
    'must be a hostname: labels of 1 to 63 letters, digits, - or _, joined by dots, at most 253 characters',
  )
  .meta({ description: 'Name of the machine. Case is ignored', examples: ['gpu-node-01'] });

/** Derives the node id from a machine's name. The result ignores case and is the same on every server. */
export function nodeIdOf(name: string): string {
  return HOSTNAMES.of(name.toLowerCase());
}
