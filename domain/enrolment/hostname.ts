import { z } from 'zod';
import { UuidNamespace } from '../name-uuid.js';

const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const HOSTNAMES = new UuidNamespace('9f0c1c5e-6f0b-4f3e-8a3a-2f6d7f0f5a61');

/** The name of a machine as RFC 1123 has it, and underscores, which many have. Kept as it was sent first. */
export const hostname = z
  .string()
  .max(253)
  .regex(new RegExp(`^${LABEL}(?:\\.${LABEL})*$`), 'must be a hostname: labels of 1 to 63 letters, digits, - or _, joined by dots, at most 253 characters')
  .meta({ description: 'Name of the machine; its case does not matter', examples: ['gpu-node-01'] });

/** The id of a machine's node: the same for the same name, whatever its case and whichever server is asked. */
export function nodeIdOf(name: string): string {
  return HOSTNAMES.of(name.toLowerCase());
}
