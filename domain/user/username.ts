import { z } from 'zod';
import { confusableProblem } from './confusables.js';

const PATTERN = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._@+-]{0,63}$/u;

/** A name as it may be registered: kept as it was sent. */
export const username = z
  .string()
  .regex(PATTERN, 'must be 1 to 64 letters, digits or any of . _ @ + -, beginning with a letter or a digit')
  .superRefine((name, context) => {
    const problem = confusableProblem(name);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ description: 'Unique whatever its case', examples: ['newuser'] });

/** What two names have in common that must not both be taken: case, width and composition do not count. */
export function usernameKey(name: string): string {
  return foldCase(name.normalize('NFKC')).normalize('NFKC');
}

/** What two addresses have in common that lead to the same mailbox. */
export function emailKey(address: string): string {
  return usernameKey(address.trim());
}

/** By way of upper case, so that ß and ss, or the two small sigmas, are the same. */
function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase();
}
