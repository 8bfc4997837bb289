import { shellQuoted } from '#agents/platform/shell-quote.js';

/** Returns a line that makes a shell run exactly these words. A single word is already a line, and may contain pipes and variables. */
export function shellLine(words: readonly string[]): string {
  return words.length === 1 ? words.join('') : words.map(shellQuoted).join(' ');
}
