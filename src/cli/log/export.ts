import { plural } from '#domain/kernel/plural.js';
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { once } from 'node:events';
import type { Command } from 'commander';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { exportLog, importLog } from '#src/features/backup/index.js';
import { Failure } from '../shared/failure.js';
import { logPlace, placeOf, type LogPlaceOptions } from './log-place.js';
import { parseFormat, printFields, printJson, jsonText, warnLine } from '../shared/output.js';
import { Progress } from '../shared/progress.js';

const EXIT_STATUS =
  '\nExit status: 0 success; 1 failure (the reason is on stderr); 75 another process uses the data directory.';

/** `muster export` and `muster import` move a log between stores as lines of JSON. */
export function addMovingCommands(program: Command, catalog: Catalog): void {
  logPlace(program.command('export'))
    .description('export all events as lines of JSON, in log order; the server may be running')
    .option('--file <file>', 'file to create; it must not exist (default: stdout)')
    .option('-o, --output <format>', 'format of the final summary: table or json', 'table')
    .addHelpText(
      'after',
      `\nTruncated and deleted streams are listed after the events. A file whose last line is not "end" is incomplete.${EXIT_STATUS}`,
    )
    .action(async (options: LogPlaceOptions & { file?: string; output: string }) => {
      const format = parseFormat(options.output);
      const { file } = options;
      if (file !== undefined && existsSync(file)) throw new Failure(`${file} already exists`);
      const place = placeOf(options, catalog);
      const progress = new Progress(systemClock);
      const store = await place.openForReading();
      const sink: Writable =
        file === undefined ? process.stdout : createWriteStream(`${file}.partial`, { mode: 0o600 });
      try {
        const end = await exportLog({
          store,
          write: (lines) => put(sink, lines),
          onProgress: ({ events }) => progress.show(`exported ${String(events)} events`),
        });
        if (file !== undefined) {
          sink.end();
          await finished(sink);
          renameSync(`${file}.partial`, file);
        }
        progress.end();
        const said = { from: place.name, ...end };
        if (file === undefined)
          warnLine(
            `${format === 'json' ? jsonText(said) : `${plural(end.events, 'event')} in ${plural(end.streams, 'stream')}, ${String(end.cuts)} of them truncated`}`,
          );
        else if (format === 'json') printJson({ ...said, file });
        else
          printFields([
            ['Exported', place.name],
            ['File', file],
            ['Events', String(end.events)],
            ['Streams', String(end.streams)],
            ['Truncated or deleted', String(end.cuts)],
          ]);
      } catch (error) {
        if (file !== undefined) rmSync(`${file}.partial`, { force: true });
        throw error;
      } finally {
        await store.close();
      }
    });

  logPlace(program.command('import'))
    .description(
      'import an export into an empty log, or resume an interrupted import of the same file; no server may use the log in the meantime',
    )
    .argument('[file]', 'file written by "muster export" (default, or -: standard input)')
    .option('-o, --output <format>', 'table or json', 'table')
    .addHelpText(
      'after',
      `\nThe stream, revision, id, type, data and metadata of every event are preserved byte for byte; the new log assigns positions and write times. If interrupted, run it again with the same file.${EXIT_STATUS}`,
    )
    .action(async (file: string | undefined, options: LogPlaceOptions & { output: string }) => {
      const format = parseFormat(options.output);
      const place = placeOf(options, catalog);
      const progress = new Progress(systemClock);
      const source = file === undefined || file === '-' ? process.stdin : await opened(file);
      const store = await place.openForWriting();
      try {
        const lines = createInterface({ input: source, crlfDelay: Infinity });
        const onProgress = ({ read, written }: { read: number; written: number }): void =>
          progress.show(`read ${String(read)} events, wrote ${String(written)}`);
        const result = await importLog({
          store,
          isOwnStream: catalog.isOwnStream,
          lines,
          clock: systemClock,
          underWay: place.underWay,
          onProgress,
        }).finally(() => progress.end());
        if (format === 'json') printJson({ into: place.name, storeId: store.id, ...result });
        else
          printFields([
            ['Imported into', place.name],
            ['Events', String(result.events)],
            ['Written now', String(result.written)],
            ['Streams', String(result.streams)],
            ['Truncated or deleted', String(result.cuts)],
          ]);
      } finally {
        await store.close();
      }
    });
}

async function opened(file: string): Promise<Readable> {
  const stream = createReadStream(file);
  try {
    await once(stream, 'open');
  } catch (error) {
    throw new Failure(`${file}: ${(error as Error).message}`);
  }
  return stream;
}

async function put(sink: Writable, lines: readonly unknown[]): Promise<void> {
  if (lines.length === 0) return;
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (!sink.write(text)) await once(sink, 'drain');
}
