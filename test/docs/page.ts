import { readFileSync } from 'node:fs';

/** A block of commands on a page, and the output that the page shows below it: the first text block before the next commands. */
export interface Block {
  readonly commands: readonly string[];
  readonly shown: readonly string[];
}

/** Returns the blocks of a page, or those under one of its headings. */
export function blocksOf(path: string, heading?: string): readonly Block[] {
  const page = readFileSync(path, 'utf8');
  const text = heading === undefined ? page : (page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '');
  return [...text.matchAll(/^```sh\n([^]*?)^```([^]*?)(?=^```sh|(?![^]))/gm)].map(
    ([, commands = '', below = '']) => ({
      commands: commands.trim().split('\n'),
      shown: /^```text\n([^]*?)^```/m.exec(below)?.[1]?.trim().split('\n') ?? [],
    }),
  );
}

/** Returns the exit code that a comment in the command announces (`# exits with 1`), by default 0. */
export function exitOf(command: string): number {
  return Number(/# exits with (\d+)/.exec(command)?.[1] ?? '0');
}

/** Splits a command as a shell does. Supports only the quotes and redirections that pages use. */
export function wordsOf(command: string): {
  readonly program: string;
  readonly words: readonly string[];
  /** File for standard output. */
  readonly output?: string;
} {
  const all = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => ({
    bare,
    text: double ?? single ?? bare!,
  }));
  const comment = all.findIndex(({ bare }) => bare?.startsWith('#') === true);
  const texts = (comment < 0 ? all : all.slice(0, comment)).map(({ text }) => text);
  const redirected = texts.indexOf('>');
  const [program = '', ...words] = redirected < 0 ? texts : texts.slice(0, redirected);
  const output = redirected < 0 ? undefined : texts[redirected + 1];
  return { program, words, ...(output !== undefined && { output }) };
}

/** Masks times and collapses spaces, which differ in every run. */
export function plain(line: string): string {
  return line
    .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME')
    .replace(/ +/g, ' ')
    .trim();
}
