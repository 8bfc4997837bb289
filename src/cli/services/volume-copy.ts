import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { syncDirectory } from '#agents/platform/files/durable-file.js';
import { bytesText } from '#domain/kernel/bytes.js';
import { RESTORE_INCOMPLETE, RESTORE_UNCHANGED, type CommandOutput } from '#domain/protocol/index.js';
import { inPieces, outputOf, sendPieces } from '../shared/agent-session.js';
import { bodyOf, type Api } from '../shared/client.js';
import { confirm } from '../shared/confirm.js';
import { EXIT_STOPPED, Failure } from '../shared/failure.js';
import { connect, remoteNamed, type NamingOptions } from '../shared/options.js';
import {
  allPrinted,
  printFields,
  printJson,
  printPiece,
  printable,
  printableLines,
} from '../shared/output.js';
import { Progress, withProgress } from '../shared/progress.js';
import { findVolume } from './find-volume.js';
import { doubtfulText } from './service-view.js';

/** Standard input or output instead of a file. */
const STREAM = '-';
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** If a piece cannot be sent, the output of the restore is followed for this long, in milliseconds. */
const UNSENT_MS = 10_000;

type CopyOptions = NamingOptions & { readonly file: string };

export function addVolumeCopyCommands(volume: Command): void {
  remoteNamed(volume.command('backup <volume>'))
    .description('write the content of a volume to a file (tar), while its service is stopped')
    .requiredOption('--file <file>', 'file to write, or - for the standard output')
    .addHelpText(
      'after',
      `
The file has owners, modes and links. Only you can read it, and it gets its name when it is complete.
The event log has no content of volumes, so "muster backup" does not contain it.

Examples:
  muster service stop orders
  muster volume backup orders/data --file orders.tar
  muster volume backup orders/data --file - | gzip > orders.tar.gz`,
    )
    .action(backUp);
  remoteNamed(volume.command('restore <volume>'))
    .description(
      'replace the content of a volume with that of a file from "muster volume backup", while its service is stopped',
    )
    .requiredOption('--file <file>', 'file to read, or - for the standard input')
    .option('-y, --yes', 'do not ask for confirmation')
    .addHelpText(
      'after',
      `
Nothing is replaced before the node has all of the file and has extracted it. Its disk needs room for twice the new content, or for
the old and the new content if that is more.
A tar archive that was made in another way must have relative names: tar -C FOLDER -c .
If the node fails while it replaces the content, the service does not start until this is repeated.`,
    )
    .action(restore);
}

async function backUp(given: string, { file, ...options }: CopyOptions): Promise<void> {
  const { api, format } = connect(options);
  const id = await findVolume(api, given, options);
  if (file === STREAM) return await printWhole(archiveOf(api, id));
  const bytes = await writeWhole(file, (signal) => archiveOf(api, id, signal));
  if (format === 'json') printJson({ volume: id, file, bytes });
  else
    printFields([
      ['Volume', given],
      ['File', file],
      ['Size', bytesText(bytes)],
    ]);
}

async function* archiveOf(
  api: Api,
  id: string,
  signal: AbortSignal | null = null,
): AsyncGenerator<Uint8Array> {
  const params = { path: { id } };
  const answer = await api.POST('/api/v1/volumes/{id}/backup', { params, parseAs: 'stream', signal });
  yield* withProgress(contentOf(outputOf(answer, () => undefined)), 'copied');
}

/** Sets the exit status to 0 only at the end, because a reader that ends early ends this process. */
async function printWhole(archive: AsyncIterable<Uint8Array>): Promise<void> {
  process.exitCode = 1;
  for await (const piece of archive) await printPiece(piece);
  await allPrinted();
  process.exitCode = 0;
}

/** Yields the archive. Throws a {@link Failure} unless it is complete. */
async function* contentOf(output: AsyncIterable<CommandOutput>): AsyncGenerator<Uint8Array> {
  for await (const each of output) {
    if ('stdout' in each) yield Buffer.from(each.stdout, 'base64');
    else if ('error' in each) throw new Failure(`the backup is incomplete: ${printableLines(each.error)}`);
    else if ('exit_code' in each) return;
  }
  throw new Failure('the server ended its response early: the backup is incomplete');
}

/**
 * Writes a file that only its owner can read, and that has its name only once it is complete. Nothing is left of it after an error, Ctrl-C or SIGTERM.
 * Returns its size.
 */
async function writeWhole(
  file: string,
  content: (signal: AbortSignal) => AsyncIterable<Uint8Array>,
): Promise<number> {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}`);
  const failure = (error: unknown): Failure =>
    error instanceof Failure ? error : new Failure(`${file}: ${reasonOf(error)}`);
  // A rename replaces devices and links, too.
  const former = await lstat(file).catch(() => undefined);
  if (former?.isFile() === false)
    throw new Failure(`${file}: is not a regular file; use --file ${STREAM} for the standard output`);
  const target = await open(draft, 'wx', 0o600).catch((error: unknown) => {
    throw failure(error);
  });
  const stop = new AbortController();
  for (const name of SIGNALS) process.once(name, () => stop.abort());
  let bytes = 0;
  try {
    for await (const piece of content(stop.signal)) {
      await target.appendFile(piece);
      bytes += piece.length;
    }
    await target.sync();
    await target.close();
    stop.signal.throwIfAborted();
    await rename(draft, file);
    await syncDirectory(path.dirname(file));
    return bytes;
  } catch (error) {
    await target.close().catch(() => undefined);
    await unlink(draft).catch(() => undefined);
    throw stop.signal.aborted
      ? new Failure('interrupted; no file was written', EXIT_STOPPED)
      : failure(error);
  }
}

async function restore(
  given: string,
  { file, yes, ...options }: CopyOptions & { readonly yes?: true },
): Promise<void> {
  const { api, format } = connect(options);
  const id = await findVolume(api, given, options);
  if (yes !== true)
    await confirm(`Replace all content of the volume ${given} with that of ${file}?`, 'pass --yes');
  const source = file === STREAM ? process.stdin : await opened(file);
  let values: TakenValues | undefined;
  try {
    values = await send(api, id, source);
  } finally {
    // An open standard input would keep this process running.
    source.destroy();
  }
  const { service_id, service_name } = await bodyOf(
    api.GET('/api/v1/volumes/{id}', { params: { path: { id } } }),
  );
  const service = await bodyOf(api.GET('/api/v1/services/{id}', { params: { path: { id: service_id } } }));
  const { values_may_differ: doubtful, values_of_version: version } = service;
  if (format === 'json')
    printJson({
      volume: id,
      file,
      ...(values !== undefined && { values }),
      ...(doubtful !== undefined && { values_may_differ: doubtful, values_of_version: version }),
    });
  else
    printFields([
      ['Volume', given],
      ['Restored from', file],
      ...(values === undefined ? [] : [['Values', takenText(values)] as const]),
      ...(doubtful === undefined ? [] : [['Values', doubtfulText(service_name, doubtful, version)] as const]),
    ]);
}

/** What the service got from the restored content. */
interface TakenValues {
  readonly version: number;
  readonly names: readonly string[];
}

function takenText({ version, names }: TakenValues): string {
  return `${names.join(', ')} as at the time of the backup, also in the connection string (version ${version} of the service)`;
}

async function opened(file: string): Promise<ReturnType<typeof createReadStream>> {
  const handle = await open(file).catch((error: unknown) => {
    throw new Failure(`${file}: ${reasonOf(error)}`);
  });
  return handle.createReadStream();
}

/** Returns the values that the service got from the content, if it got any. */
async function send(api: Api, id: string, source: AsyncIterable<unknown>): Promise<TakenValues | undefined> {
  const over = new AbortController();
  const { signal } = over;
  let unsent: unknown;
  // Whether the agent may have the whole archive. Before that, nothing is replaced.
  let isWhole = false;
  const post =
    (session: string): Parameters<typeof sendPieces>[1] =>
    async (body, requestSignal) => {
      isWhole ||= body.end === true;
      return await bodyOf(
        api.POST('/api/v1/volumes/{id}/restore/{session}/input', {
          params: { path: { id, session } },
          body,
          signal: requestSignal,
        }),
      );
    };
  const params = { path: { id } };
  const answer = await api.POST('/api/v1/volumes/{id}/restore', { params, parseAs: 'stream', signal });
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      yield* inPieces(withProgress(source, 'sent'));
    } catch (error) {
      unsent = error;
      over.abort();
      throw error;
    }
  }
  const output = outputOf(answer, (session) => {
    sendPieces(read(), post(session), signal).catch(async (error: unknown) => {
      // If the restore has ended, its output says why.
      await systemClock.sleep(UNSENT_MS, signal);
      if (signal.aborted) return;
      unsent = error;
      over.abort();
    });
  });
  const failure = (error: unknown): Failure => {
    const reason = printableLines(reasonOf(error));
    return new Failure(isWhole ? `${UNKNOWN_END} (${reason})` : `nothing was restored: ${reason}`);
  };
  let result: RestoreResult;
  try {
    result = await followed(output);
  } catch (error) {
    throw failure(unsent ?? error);
  } finally {
    over.abort();
  }
  const { end, said } = result;
  if ('error' in end) throw failure(new Error(end.error));
  checkExitCode(end.exit_code, printable(said));
  return end.values;
}

const UNKNOWN_END =
  'it is not known how the restore ended: see muster volume show, and repeat it unless it is complete';

interface RestoreResult {
  readonly end:
    | (Extract<CommandOutput, { exit_code: number }> & { readonly values?: TakenValues })
    | Extract<CommandOutput, { error: string }>;
  readonly said: string;
}

/** Follows a restore to its end. */
async function followed(output: AsyncIterable<CommandOutput>): Promise<RestoreResult> {
  const progress = new Progress(systemClock);
  let said = '';
  try {
    for await (const each of output) {
      if ('stderr' in each) said += Buffer.from(each.stderr, 'base64').toString();
      else if ('stdout' in each)
        progress.show(`written ${bytesText(Number(Buffer.from(each.stdout, 'base64').toString()))}`);
      else return { end: each, said };
    }
  } finally {
    progress.end();
  }
  throw new Error('the server ended its response early');
}

function checkExitCode(exitCode: number, said: string): void {
  if (exitCode === RESTORE_UNCHANGED)
    throw new Failure(`nothing was restored, and the volume is as it was before: ${said}`);
  if (exitCode === RESTORE_INCOMPLETE)
    throw new Failure(
      `the volume has only a part of the new content, and its service does not start: repeat the restore (${said})`,
    );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
