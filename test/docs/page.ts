import { readFileSync } from 'node:fs';

/** A block of commands of a page, each with the code that it exits with, and what the page shows below it: the last block of text before further commands. */
export interface Block {
  readonly commands: readonly string[];
  readonly shown: readonly string[];
}

/** The blocks of a page, or of what stands under one of its headings. */
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

/** What a command exits with by the word of its page, `# exits with 1`; else 0. */
export function exitOf(command: string): number {
  return Number(/# exits with (\d+)/.exec(command)?.[1] ?? '0');
}

/** Without what is different each time. */
export function plain(line: string): string {
  return line
    .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME')
    .replace(/ +/g, ' ')
    .trim();
}
