import { Option, type Command } from 'commander';

/** Which stream of a log; absent: both, in the order in which they were written. */
export interface StreamOptions {
  readonly stream?: 'stdout' | 'stderr';
}

/** Adds `--stream`, and `--stderr`, which is shorter and older. */
export function streamOptions(command: Command): Command {
  return command
    .addOption(new Option('--stream <stream>', 'only this one; absent: both, as they were written').choices(['stdout', 'stderr']))
    .addOption(new Option('--stderr', 'the same as --stream stderr').implies({ stream: 'stderr' }));
}
