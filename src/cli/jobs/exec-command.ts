import type { Command } from 'commander';
import { remote } from '../shared/options.js';
import { execInAllocation, type ExecOptions } from './alloc-exec.js';

/** Adds `exec` below `parent`. */
export function addExecCommand(parent: Command): void {
  remote(parent.command('exec <allocation> [words...]'))
    .usage('[options] ALLOCATION|JOB [TASK] -- COMMAND [ARGUMENT...]')
    .description(
      'run a command in a running task of an allocation, or of the only running allocation of a job, as the task’s user and within its limits. Its exit code is that of the command',
    )
    .option('-i, --stdin', 'send the standard input to the command')
    .option('-t, --tty', 'run the command in a terminal')
    .option('--task <name>', 'the task, if the allocation has several')
    .addHelpText(
      'after',
      '\nExamples:\n  muster exec 6a1f5c39 -- ls -l\n  muster exec -it hello web -- sh\n  tar c . | muster exec -i 6a1f5c39 -- tar x -C /data',
    )
    .action(async (allocation: string, words: string[], options: ExecOptions, command: Command) => {
      await execInAllocation(allocation, words, wordsAfterDashes(command), options);
    });
}

/** Returns the number of words after `--`, or undefined if there is none. Commander drops the dashes. */
function wordsAfterDashes(command: Command): number | undefined {
  let root: Command = command;
  while (root.parent !== null) root = root.parent;
  const { rawArgs } = root as Command & { readonly rawArgs: readonly string[] };
  const at = rawArgs.indexOf('--');
  return at === -1 ? undefined : rawArgs.length - at - 1;
}
