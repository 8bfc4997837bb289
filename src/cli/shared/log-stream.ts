import { Option, type Command } from 'commander';
import { bytesOf, textOf } from './client.js';
import { followedLines } from './followed-lines.js';
import { jsonText, printPiece, type Format } from './output.js';
import { timeOf } from './since.js';
import { textLines } from './text-lines.js';

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

/** `timed`: each line is requested with its time anyway, because the output is JSON. */
export function lineTimeQuery({ timestamps, since, until }: LineTimeOptions, timed: boolean) {
  return {
    ...((timed || timestamps === true) && { timestamps: true }),
    ...(since !== undefined && { since: new Date(timeOf(since)).toISOString() }),
    ...(until !== undefined && { until: new Date(timeOf(until, '--until')).toISOString() }),
  };
}

/** Splits a line that was requested with its time. `time` is null if it is unknown. Lines of the stored end of a log have no time before them. */
export function timedLine(text: string): { readonly time: string | null; readonly line: string } {
  const [, time, line] = /^(-|\d{4}-\d\d-\d\dT[\d:.]+Z) ([^]*)$/.exec(text) ?? [];
  return { time: time === '-' ? null : (time ?? null), line: line ?? text };
}

interface PrintedLog {
  readonly follow: boolean;
  readonly format: Format;
  readonly where: object;
  /** Whether the lines were requested with the instance that wrote them. Lines of Muster itself name none. */
  readonly prefixed?: boolean;
}

/**
 * Prints a log byte for byte, or as server-sent events if it is followed. With `json`, prints each line, which was requested with its time, as an
 * object with `where`, `instance` if the lines are prefixed, `time` and `line`.
 */
export async function printLog(
  answer: Parameters<typeof bytesOf>[0],
  { follow, format, where, prefixed = false }: PrintedLog,
): Promise<void> {
  if (!follow && format === 'table') {
    for await (const bytes of bytesOf(answer)) await printPiece(bytes);
    return;
  }
  for await (const text of (follow ? followedLines : textLines)(textOf(answer))) {
    if (format !== 'json') {
      await printPiece(`${text}\n`);
      continue;
    }
    const [, instance, rest] = (prefixed && /^([0-9a-f]{8}) \| ([^]*)$/.exec(text)) || [];
    const line = { ...where, ...(prefixed && { instance: instance ?? null }), ...timedLine(rest ?? text) };
    await printPiece(`${jsonText(line)}\n`);
  }
}
