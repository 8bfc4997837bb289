import type { Command } from 'commander';

/** Returns the words after `muster` in the code of a page: per line in blocks, and between backticks in sentences. */
export function documented(page: string): string[] {
  const blocks = [...page.matchAll(/^```(?:sh|bash|)\n([^]*?)^```/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  );
  // A quoted text is a value, not a command.
  const inBlocks = blocks.flatMap(
    (line) =>
      /(?:^|[ (])muster ([a-z][^#]*)/
        .exec(line.replace(/'[^']*'/g, 'quoted'))?.[1]
        ?.split(/  +| [|&;>]|\)/)[0] ?? [],
  );
  const sentences = page.replace(/^```[^]*?^```/gm, '');
  const inSentences = [...sentences.matchAll(/`(?:[A-Z_]+=\S+ )*(?:npx )?muster ([a-z][^`]*)`/g)].map(
    ([, words = '']) => words,
  );
  return [...inBlocks, ...inSentences].map((words) => words.trim());
}

/** Returns the first word or option that does not exist in the program, or undefined. */
export function unknownIn(words: string, program: Command): string | undefined {
  let command = program;
  // Words after -- belong to another program.
  const own = words.split(/ -- /)[0] ?? '';
  for (const word of own.split(/\s+/).map((each) => each.replace(/^\[|\]$/g, ''))) {
    if (word.startsWith('-') && word !== '-') {
      const name = word.split('=')[0] ?? '';
      for (const each of name.split('|')) if (each !== '--help' && !hasOption(command, each)) return each;
    } else if (command.commands.length > 0) {
      const found = word.split('|').map((name) => command.commands.find((each) => each.name() === name));
      if (found.includes(undefined)) return word;
      command = found[0] ?? command;
    }
  }
  return undefined;
}

/** Short options can be written together, such as `-it`. */
function hasOption({ options }: Command, word: string): boolean {
  const all = options.flatMap(({ long, short }) => [long, short]);
  return (
    all.includes(word) ||
    (/^-[a-z]{2,}$/.test(word) && [...word.slice(1)].every((each) => all.includes(`-${each}`)))
  );
}
