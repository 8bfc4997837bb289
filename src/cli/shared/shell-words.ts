import { shellQuoted } from '#agents/platform/shell-quote.js';

const PLAIN = /^[A-Za-z0-9_./:@%+,-]+$/;
const KEYWORDS: ReadonlySet<string> = new Set(
  'case coproc do done elif else esac fi for function if in select then time until while'.split(' '),
);

/** Returns a line that makes a shell run exactly these words. A single word is already a line, and may contain pipes and variables. */
export function shellLine(words: readonly string[]): string {
  return words.length === 1 ? words.join('') : words.map(quoted).join(' ');
}

function quoted(word: string): string {
  return PLAIN.test(word) && !KEYWORDS.has(word) ? word : shellQuoted(word);
}
