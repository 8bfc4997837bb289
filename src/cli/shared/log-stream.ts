import { Option, type Command } from 'commander';

/** The stream to print. If undefined, both are printed in the order in which they were written. */
export interface StreamOptions {
  readonly stream?: 'stdout' | 'stderr';
}

/** Adds `--stream`, and its older short form `--stderr`. */
export function streamOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--stream <stream>', 'only this stream (default: both, in order)').choices([
        'stdout',
        'stderr',
      ]),
    )
    .addOption(new Option('--stderr', 'the same as --stream stderr').implies({ stream: 'stderr' }));
}
