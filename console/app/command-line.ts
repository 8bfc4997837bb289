/** Joins words into a command line, quoted for a POSIX shell. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The default server of the CLI. */
const DEFAULT_SERVER = 'http://127.0.0.1:8080';

/** Returns the `muster` command that shows the same data as a page. */
export function musterCommand(words: readonly string[], origin: string, at: string | undefined): string {
  return commandLine([
    'muster',
    ...words,
    ...(at === undefined ? [] : ['--as-of', /^\d+$/.test(at) ? `#${at}` : at]),
    ...(origin === DEFAULT_SERVER ? [] : ['--address', origin]),
  ]);
}
