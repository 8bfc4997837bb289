import type { Command } from 'commander';
import t from 'tap';
import { createProgram } from '#src/cli/program.js';
import { Failure } from '#src/cli/shared/failure.js';

/** Returns all commands without subcommands, by name. */
function commandsOf(command: Command, words: readonly string[] = []): ReadonlyMap<string, Command> {
  const subcommands = command.commands.filter((each) => each.name() !== 'help');
  if (subcommands.length === 0) return new Map([[words.join(' '), command]]);
  return new Map(subcommands.flatMap((each) => [...commandsOf(each, [...words, each.name()])]));
}

const SHOWN = new Set(['list', 'show', 'status']);
/** Commands with other names that only read what is recorded. */
const OTHERS = new Set([
  'job versions',
  'job deployments',
  ...['task', 'job', 'alloc', 'node', 'service', 'claim'].map((name) => `${name} why`),
  'task notices',
  'task next',
  'task runs',
  'top nodes',
  'top allocations',
  'env generations',
  'env diff',
  'env export',
  'env builds',
  'service deployments',
  'service versions',
  'service endpoints',
  'service events',
  'what-if',
  ...['job', 'allocation', 'node', 'task', 'run', 'claim', 'service', 'environment', 'build', 'request'].map(
    (kind) => `why ${kind}`,
  ),
]);

/** Commands with one of these names that show only the present. */
const NOW = new Set(['tlog status', 'context list']);

void t.test('accepts --as-of for each command that shows recorded data, and for no other', async (t) => {
  const commands = commandsOf(await createProgram());
  t.ok(commands.size > 100, `${commands.size} commands were found`);
  for (const [words, command] of commands) {
    const shown = command.createHelp().visibleOptions(command);
    t.equal(
      shown.some(({ long }) => long === '--as-of'),
      (SHOWN.has(words.split(' ').at(-1)!) && !NOW.has(words)) || OTHERS.has(words),
      words,
    );
  }
});

void t.test('explains why a command that changes or follows something does not accept --as-of', async (t) => {
  for (const words of [
    ['job', 'stop', 'hello'],
    ['job', 'logs', 'hello'],
    ['events'],
    ['user', 'erase', 'a'],
  ])
    await t.rejects(
      (await createProgram()).parseAsync([...words, '--as-of', '-2h'], { from: 'user' }),
      new Failure(
        '--as-of: only commands that list or show recorded data can show the past; nothing can be changed or followed in the past',
      ),
      words.join(' '),
    );
});
