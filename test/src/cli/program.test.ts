import t from 'tap';
import { COMMAND_GROUPS, createProgram } from '#src/cli/program.js';

const namesOf = async (word?: string): Promise<readonly string[]> =>
  (await createProgram(word)).commands.map((command) => command.name());

void t.test('loads only the module of the given command', async (t) => {
  for (const { names } of COMMAND_GROUPS.filter((group) => !group.names.includes('completion')))
    for (const name of names) t.same(await namesOf(name), names, name);
});

void t.test('loads no command module to print the version', async (t) => {
  for (const word of ['-V', '--version']) t.same(await namesOf(word), [], word);
});

void t.test('lists every command in the same order in help, completion and suggestions', async (t) => {
  const all = COMMAND_GROUPS.flatMap(({ names }) => names);
  for (const word of [undefined, '--help', 'help', 'completion', 'serve'])
    t.same(await namesOf(word), all, String(word));
});
