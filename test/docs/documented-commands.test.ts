import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import type { Command } from 'commander';
import { createProgram } from '#src/cli/program.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

const FILES = [
  'README.md',
  ...['docs', 'docs/flows'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

/** Returns the words after `muster` in the code of a page: per line in blocks, and between backticks in sentences. */
function documented(page: string): string[] {
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
function unknownIn(words: string, program: Command): string | undefined {
  let command = program;
  // Words after -- belong to another program.
  const own = words.split(/ -- /)[0] ?? '';
  for (const word of own.split(/\s+/).map((each) => each.replace(/^\[|\]$/g, ''))) {
    if (word.startsWith('-')) {
      const name = word.split('=')[0] ?? '';
      for (const each of name.split('|'))
        if (each !== '--help' && !command.options.some(({ long, short }) => long === each || short === each))
          return each;
    } else if (command.commands.length > 0) {
      const found = word.split('|').map((name) => command.commands.find((each) => each.name() === name));
      if (found.includes(undefined)) return word;
      command = found[0] ?? command;
    }
  }
  return undefined;
}

await t.test('each command in the README and docs exists, with its options', async (t) => {
  const program = await createProgram();
  const all = FILES.flatMap((file) =>
    documented(readFileSync(file, 'utf8')).map((words) => ({ file, words })),
  );
  t.ok(all.length > 60, `${all.length} commands were found`);
  for (const { file, words } of all)
    t.equal(unknownIn(words, program), undefined, `${file}: muster ${words}`);
  t.equal(unknownIn('job run --nothing', program), '--nothing');
  t.equal(unknownIn('job walk', program), 'walk');
});

await t.test('the first commands of the README run as written', async (t) => {
  const server = await startServer(t, { env: { MUSTER_EMBEDDED_AGENT: 'true' } });
  await eventually(async () => (await server.api.nodes()).some(({ healthy }) => healthy), {
    timeout: 120_000,
    what: 'the local agent',
  });
  const steps = [...readFileSync('README.md', 'utf8').matchAll(/^npx muster ([^#\n]+)/gm)].map(
    ([, words = '']) => words.trim().split(/\s+/),
  );
  t.same(
    steps.map((words) => words.slice(0, 2).join(' ')),
    ['job run', 'job status', 'job logs', 'events --job'],
  );
  for (const words of steps) {
    const { code, stdout, stderr } = await muster(words, {
      MUSTER_SERVER_URL: server.url,
      MUSTER_DATA_DIR: server.dataDir,
    });
    t.equal(code, 0, `${words.join(' ')}: ${stderr}`);
    t.not(stdout, '', words.join(' '));
  }
});
