import t from 'tap';
import { COMMAND_GROUPS, createProgram } from '#src/cli/program.js';

const ALL = COMMAND_GROUPS.flatMap(({ commands }) => Object.keys(commands));

const LISTED = COMMAND_GROUPS.filter(({ hidden }) => hidden !== true).flatMap(({ commands }) =>
  Object.keys(commands),
);

/** The commands whose module is loaded: they have a description of their own. */
async function loadedBy(...words: readonly string[]): Promise<readonly string[]> {
  const { commands } = await createProgram(words);
  return commands.filter((command) => command.description() !== '').map((command) => command.name());
}

void t.test('loads only the module of the given command', async (t) => {
  for (const { commands } of COMMAND_GROUPS.filter((group) => !('completion' in group.commands)))
    for (const name of Object.keys(commands)) {
      t.same(await loadedBy(name, '--help'), Object.keys(commands), name);
      t.same(await loadedBy('help', name), Object.keys(commands), `help ${name}`);
    }
});

void t.test('loads no command module for the version, the list of commands and unknown words', async (t) => {
  for (const word of ['-V', '--version', '-h', '--help', 'help', 'serve'])
    t.same(await loadedBy(word), [], word);
  t.same(await loadedBy('completion', 'bash'), ALL);
});

void t.test('lists every command in the same order, each in one line of at most 80 characters', async (t) => {
  for (const words of [[], ['--help'], ['help'], ['serve'], ['job'], ['completion']])
    t.same(
      (await createProgram(words)).commands.map((command) => command.name()),
      ALL,
      words.join(' '),
    );
  const program = await createProgram(['--help']);
  program.configureOutput({ getOutHelpWidth: () => 80 });
  const lines = program.helpInformation().split('\n');
  for (const name of LISTED) t.equal(lines.filter((line) => line.startsWith(`  ${name} `)).length, 1, name);
  for (const line of lines.filter((each) => each.startsWith('   '))) t.fail(line);
  t.match(lines.join('\n'), /\nWork:\n {2}job {2,}submit/);
});

void t.test('shows the arguments of subcommands', async (t) => {
  const [job] = (await createProgram(['job'])).commands.filter((command) => command.name() === 'job');
  t.match(job?.helpInformation(), /stop \[options\] <job>/);
});
