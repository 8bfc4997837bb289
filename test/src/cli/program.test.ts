import t from 'tap';
import { COMMAND_GROUPS, createProgram } from '#src/cli/program.js';

const namesOf = async (word?: string): Promise<readonly string[]> =>
  (await createProgram(word)).commands.map((command) => command.name());

void t.test('a command loads the module that has it, and no other', async (t) => {
  for (const { names } of COMMAND_GROUPS.filter((group) => !group.names.includes('completion')))
    for (const name of names) t.same(await namesOf(name), names, name);
});

void t.test('the version is said without a command', async (t) => {
  for (const word of ['-V', '--version']) t.same(await namesOf(word), [], word);
});

void t.test('help, completion and what is mistyped know every command, in one order', async (t) => {
  const all = COMMAND_GROUPS.flatMap(({ names }) => names);
  for (const word of [undefined, '--help', 'help', 'completion', 'serve'])
    t.same(await namesOf(word), all, String(word));
});
