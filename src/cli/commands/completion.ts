import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion.js';

/** `muster completion SHELL` */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', '\nbash: source <(muster completion bash)\nzsh:  source <(muster completion zsh)\nfish: muster completion fish | source')
    .action((shell: Shell) => void process.stdout.write(completionScript(shell, program)));
}
