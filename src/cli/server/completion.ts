import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from './completion-script.js';

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print a shell completion script')
    .addArgument(new Argument('<shell>', 'shell to print the script for').choices(SHELLS))
    .addHelpText(
      'after',
      '\nbash: source <(muster completion bash)\nzsh:  source <(muster completion zsh)\nfish: muster completion fish | source',
    )
    .action((shell: Shell) => void process.stdout.write(completionScript(shell, program)));
}
