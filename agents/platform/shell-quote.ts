/** Returns a word in single quotes, so that a POSIX shell reads exactly this word. */
export function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
