import { Option, type Command } from 'commander';
import { timeOf } from './since.js';

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

export interface LineTimeOptions {
  readonly timestamps?: boolean | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Adds `--timestamps`, `--since` and `--until`. */
export function lineTimeOptions(command: Command): Command {
  return command
    .option('-t, --timestamps', 'put the time (UTC) before each line, or - if it is unknown')
    .option('--since <time>', 'only lines since this time, such as 14:32, or relative, such as 10m')
    .option('--until <time>', 'only lines before this time, in the same forms');
}

export function lineTimeQuery({ timestamps, since, until }: LineTimeOptions) {
  return {
    ...(timestamps === true && { timestamps: true }),
    ...(since !== undefined && { since: new Date(timeOf(since)).toISOString() }),
    ...(until !== undefined && { until: new Date(timeOf(until, '--until')).toISOString() }),
  };
}

/** Splits a line that was requested with its time. `time` is null if it is unknown. */
export function timedLine(text: string): { readonly time: string | null; readonly line: string } {
  const space = text.indexOf(' ');
  const time = text.slice(0, Math.max(0, space));
  return { time: time === '-' ? null : time, line: text.slice(space + 1) };
}
