import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import t from 'tap';
import { createProgram } from '#src/cli/program.js';

const README = join(import.meta.dirname, '../../../README.md');

/** Returns all commands without subcommands, as words without `muster`. */
function commandsOf(command: Command): readonly string[] {
  const shown = command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => each.name() !== 'help');
  return shown.flatMap((each) => {
    const below = commandsOf(each);
    return below.length === 0 ? [each.name()] : below.map((words) => `${each.name()} ${words}`);
  });
}

/** Returns the commands that a line of the list stands for: `muster exec|cp` are two. */
function listedIn(line: string): readonly string[] {
  let listed = [''];
  for (const word of line.split('  ')[0]!.split(' ').slice(1)) {
    if (!/^[a-z][a-z|-]*$/.test(word)) break;
    listed = listed.flatMap((before) => word.split('|').map((each) => `${before} ${each}`.trim()));
  }
  return line.includes('| logout') ? [...listed, 'logout'] : listed;
}

void t.test('the README lists every command, and no others', async (t) => {
  const lines = readFileSync(README, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('muster '));
  const listed = new Set(lines.flatMap(listedIn));
  const commands = new Set(commandsOf(await createProgram()));
  t.ok(commands.size > 100);
  t.strictSame(
    [...commands].filter((each) => !listed.has(each)),
    ['completion'],
    'only completion is listed by its shells',
  );
  const arguments_ = ['completion bash', 'completion fish', 'completion zsh'];
  t.strictSame([...listed].filter((each) => !commands.has(each)).sort(), arguments_, 'are in no program');
});
