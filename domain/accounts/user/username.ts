import { z } from 'zod';
import { confusableProblem } from './confusables.js';

const PATTERN = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._@+-]{0,63}$/u;

export const username = z
  .string()
  .regex(PATTERN, {
    error: 'must be 1 to 64 letters, digits or any of . _ @ + -, beginning with a letter or a digit',
    // Skips the check below, which takes seconds for a long string.
    abort: true,
  })
  .superRefine((name, context) => {
    const problem = confusableProblem(name);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ description: 'Unique, ignoring case', examples: ['newuser'] });

/** Returns a key that is equal for names that must not coexist: case, width and composition are ignored. */
export function usernameKey(name: string): string {
  return foldCase(name.normalize('NFKC')).normalize('NFKC');
}

export function emailKey(address: string): string {
  return usernameKey(address.trim());
}

/** Converts to upper case first, so that ß equals ss, and the two small sigmas are equal. */
function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase();
}
