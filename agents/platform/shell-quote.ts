const PLAIN = /^[A-Za-z0-9_./:@%+,-]+$/;
const KEYWORDS: ReadonlySet<string> = new Set(
  'case coproc do done elif else esac fi for function if in select then time until while'.split(' '),
);

/** Returns a word as a POSIX shell reads it: in single quotes, if it could mean anything else. */
export function shellQuoted(word: string): string {
  return PLAIN.test(word) && !KEYWORDS.has(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
