import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { constants } from 'node:os';
import path from 'node:path';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { bytesText } from '#domain/kernel/bytes.js';
import { inPieces, outputOf } from '../shared/agent-session.js';
import type { Api } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { connect, remote, type RemoteOptions } from '../shared/options.js';
import { withProgress } from '../shared/progress.js';
import { printJson, printPiece, printable, printableLines, warnLine } from '../shared/output.js';
import { onAllocation, sendInput, startExec } from './alloc-exec.js';
import { pack, unpack, type Copied } from './archive.js';

/** A path in a task. */
export interface TaskPath {
  readonly allocation: string;
  readonly task: string | undefined;
  readonly path: string;
}

/** The place of a copy. Its programs end when the signal aborts, because this program was interrupted. */
interface CopyPlace extends TaskPath {
  readonly signal: AbortSignal | undefined;
}

interface CopyOptions extends RemoteOptions {
  readonly followLink?: boolean;
}

/** Standard input or output, which then is an archive. */
const STREAM = '-';
/** Docker also has it for a program that it does not find. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
/** What tar says, with exit code 1, about a file that grew while it was copied, such as a log. It sends all that the file had at first. */
const CHANGED = 'file changed as we read it';
const MAX_REASON_LENGTH = 2_000;
const MAX_REMOVALS = 10;
const REMOVAL_INTERVAL_MS = 200;

/**
 * Makes the folder in which {@link MERGE} finds what was copied. By the shell, so that a task without one is noticed before anything was sent.
 */
const STAGE = 'mkdir -m 700 "$1"';
/**
 * Moves all that is in a folder into another. Folders that both have are merged. A link to a folder is removed first, because mv would move what
 * should replace it into the folder. A folder gets write permission while it is moved, because its entry `..` changes. A subshell has its own variables.
 */
const MERGE = `merge() {
  { [ -r "$1" ] && [ -w "$1" ] && [ -x "$1" ]; } || chmod u+rwx "$1" || exit 1
  for each in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$each" ] || [ -L "$each" ] || continue
    there=$2/\${each##*/}
    [ ! -L "$there" ] || [ ! -d "$there" ] || rm -f "$there" || exit 1
    if [ ! -d "$each" ] || [ -L "$each" ]; then
      [ ! -d "$there" ] || { echo "$there is a folder in the task, but not in the source" >&2; exit 1; }
      mv -f "$each" "$there" || exit 1
    elif [ -d "$there" ]; then
      ( merge "$each" "$there" ) || exit 1
    elif [ -e "$there" ]; then
      echo "$there is a file in the task, and a folder in the source" >&2
      exit 1
    elif [ -w "$each" ]; then
      mv -f "$each" "$there" || exit 1
    else
      chmod u+w "$each" && mv -f "$each" "$there" && chmod u-w "$there" || exit 1
    fi
  done
}
merge "$1" "$2"`;

/** Adds `cp` below `parent`. */
export function addCopyCommand(parent: Command): void {
  remote(parent.command('cp <source> <target>'))
    .usage('[options] ALLOCATION|JOB[/TASK]:PATH LOCAL | LOCAL ALLOCATION|JOB[/TASK]:PATH')
    .description(
      'copy files and folders between a running task and this machine, as the task’s user. The task needs the program tar, and for a copy into it test, mv and rm, into an existing folder also sh, mkdir and chmod',
    )
    .option('-L, --follow-link', 'copy what symbolic links lead to, instead of the links')
    .addHelpText(
      'after',
      `
A job is named instead of its only running allocation.
An existing folder as target receives the source. Of PATH/. only the content is copied.
As LOCAL, - is an archive (tar) on the standard input or output.
A file or new folder gets its name when it is complete. What an existing folder already has is merged with the source,
file by file. In a task, files are replaced once all of them are there. Two kinds of files may be half written if such a
copy is interrupted: those on a volume that is mounted below the folder, and all of them if the task's user may not write
into the folder itself, but into one below it. A warning names the second case.

Examples:
  muster cp 6a1f5c39:/var/log/app.log .
  muster cp ./conf hello/web:/etc/app
  muster cp 6a1f5c39:data - | tar t`,
    )
    .action(copy);
}

async function copy(source: string, target: string, options: CopyOptions): Promise<void> {
  const [from, to] = [taskPath(source), taskPath(target)];
  if ((from === undefined) === (to === undefined))
    throw new Failure(
      'one of the two must be in a task, the other on this machine: muster cp ALLOCATION:PATH LOCAL. A local path with a colon begins with ./',
    );
  const { api, format } = connect(options);
  const follow = options.followLink === true;
  const copied: Copied = { files: 0, bytes: 0, skipped: [] };
  const interrupted = new AbortController();
  let exitCode = 0;
  const interrupt = (signal: NodeJS.Signals): void => {
    exitCode = 128 + constants.signals[signal];
    interrupted.abort();
  };
  // The same signal again ends this program at once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);
  const { signal } = interrupted;
  try {
    // All steps of a copy run in the allocation that the first one found.
    await onAllocation(api, from ?? to!, async (allocation) => {
      if (from !== undefined)
        await download(api, { ...from, allocation, signal }, { target, follow, copied });
      else await upload(api, { source, follow, copied }, { ...to!, allocation, signal });
    });
  } catch (error) {
    if (signal.aborted) throw new Failure('interrupted: the copy is incomplete', exitCode);
    if (error instanceof Failure || !(error instanceof Error && 'code' in error)) throw error;
    throw new Failure(`the copy is incomplete: ${error.message}`);
  }
  for (const each of copied.skipped) warnLine(`left out: ${printable(each)}`);
  if (source === STREAM || target === STREAM) return;
  if (format === 'json') printJson(copied);
  else
    warnLine(
      `copied ${copied.files} ${copied.files === 1 ? 'file' : 'files'}, ${bytesText(copied.bytes)}, to ${printable(target)}`,
    );
}

/** Reads `ALLOCATION[/TASK]:PATH`. Undefined for a path on this machine, which has no colon, or begins with `.` or `/`. */
export function taskPath(text: string): TaskPath | undefined {
  const found = /^([^./:][^/:]*)(?:\/([^/:]+))?:(.*)$/s.exec(text);
  if (found === null) return undefined;
  const [, allocation = '', task, place = ''] = found;
  if (place === '') throw new Failure(`${text}: name a path after the colon`);
  return { allocation, task, path: place };
}

/** Splits a path into a folder and the name of what is copied from or to it. The name is '' if only the content of the folder is meant. */
export function splitPath(text: string): { readonly folder: string; readonly name: string } {
  const name = path.posix.basename(text);
  const isContent = ['', '.', '..'].includes(name);
  const folder = isContent ? text : path.posix.dirname(text);
  // A folder whose name begins with a dash would be read as an option.
  return { folder: folder.startsWith('-') ? `./${folder}` : folder, name: isContent ? '' : name };
}

/** Unlike `path.join`, this keeps the `./` of a folder whose name begins with a dash. */
function below(folder: string, name: string): string {
  return name === '' ? folder : `${folder.replace(/\/$/, '')}/${name}`;
}

async function download(
  api: Api,
  from: CopyPlace,
  { target, follow, copied }: { readonly target: string; readonly follow: boolean; readonly copied: Copied },
): Promise<void> {
  const { folder, name } = splitPath(from.path);
  const links = follow ? ['-h'] : [];
  const command = ['tar', '-c', ...links, '-f', '-', '-C', folder, name === '' ? '.' : `./${name}`];
  const where = target === STREAM ? undefined : await localTarget(target, name);
  const ended = await run(api, from, command, async (archive) => {
    if (where === undefined) for await (const piece of archive) await printPiece(piece);
    else await unpack(withProgress(archive, 'copied'), { root: name, target: where, copied });
  });
  checkProgram(ended);
  if (copied.files === 0 && copied.skipped.length > 0)
    throw new Failure(copied.skipped.map((each) => `not copied: ${printable(each)}`).join('\n'));
}

/** Returns the path that the source gets on this machine: in `target` if it is a folder, else `target` itself. */
async function localTarget(target: string, name: string): Promise<string> {
  const isFolder = await isLocalFolder(target);
  if (isFolder) return path.join(await realpath(target), name);
  if (target.endsWith('/')) throw new Failure(`${target}: no such folder`);
  const parent = path.dirname(target);
  if (!(await isLocalFolder(parent))) throw new Failure(`${parent}: no such folder`);
  return path.join(await realpath(parent), path.basename(target));
}

async function isLocalFolder(place: string): Promise<boolean> {
  return await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

interface Uploaded {
  /** A path on this machine, or {@link STREAM}. */
  readonly source: string;
  readonly follow: boolean;
  readonly copied: Copied;
}

async function upload(api: Api, { source, follow, copied }: Uploaded, to: CopyPlace): Promise<void> {
  const found = source === STREAM ? undefined : await stat(source).catch(() => undefined);
  if (source !== STREAM && found === undefined) throw new Failure(`${source}: no such file or folder`);
  const given = splitPath(to.path);
  const whole = below(given.folder, given.name);
  const is = async (kind: '-d' | '-e', place: string): Promise<boolean> =>
    checkProgram(await run(api, to, ['test', kind, place]), 1).exitCode === 0;
  const isFolder = await is('-d', whole);
  if (!isFolder && (source === STREAM || to.path.endsWith('/') || given.name === ''))
    throw new Failure(`${to.path}: no such folder in the task`);
  const folder = isFolder ? whole : given.folder;
  const name = isFolder ? splitPath(source).name : given.name;
  if (source === STREAM || name === '')
    return await merge(
      api,
      to,
      folder,
      source === STREAM ? process.stdin : pack({ source, name, follow }, copied),
    );
  const place = below(folder, name);
  const isFolderThere = isFolder && (await is('-d', place));
  if (found?.isDirectory()) {
    if (isFolderThere) return await merge(api, to, place, pack({ source, name: '', follow }, copied));
    // Some versions of tar would replace the file.
    if (await is('-e', place))
      throw new Failure(`${place} is a file in the task, and the source is a folder`);
  } else if (isFolderThere) throw new Failure(`${place} is a folder in the task, and the source is a file`);
  // What is interrupted leaves what had this name.
  const partial = `.muster-cp-${randomUUID()}`;
  const written = below(folder, partial);
  try {
    await send(api, to, folder, pack({ source, name: partial, follow }, copied));
    checkProgram(await run(api, to, ['mv', '-f', written, place]));
  } catch (error) {
    await remove(api, to, written);
    throw error;
  }
}

/**
 * Adds what is in an archive to a folder of the task. All of it is there before the first file is replaced, each by a rename. On a volume that is
 * mounted below the folder, mv has to copy, so a file there may be half written if it is interrupted. If no folder can be made for this, tar writes
 * into the folder itself, as parts of it may be writable.
 */
async function merge(
  api: Api,
  to: CopyPlace,
  folder: string,
  archive: AsyncIterable<unknown>,
): Promise<void> {
  const staged = below(folder, `.muster-cp-${randomUUID()}`);
  const made = await run(api, to, ['sh', '-c', STAGE, 'stage', staged]);
  if (made.exitCode !== 0) {
    const isMissing = made.exitCode === NOT_FOUND || made.exitCode === NOT_EXECUTABLE;
    const reason = isMissing ? 'the task has no sh or mkdir' : printableLines(made.text);
    warnLine(`files are written in place, and may be incomplete if this is interrupted: ${reason}`);
    return await send(api, to, folder, archive);
  }
  try {
    await send(api, to, staged, archive);
    checkProgram(await run(api, to, ['sh', '-c', MERGE, 'merge', staged, folder]));
  } finally {
    await remove(api, to, staged);
  }
}

async function remove(api: Api, { signal, ...place }: CopyPlace, written: string): Promise<void> {
  const to = { ...place, signal: undefined };
  const removal = async (): Promise<Ended> => {
    const ended = await run(api, to, ['rm', '-r', '-f', written]);
    // An interrupted tar ends a moment later, and may write until then.
    for (let again = 0; again < MAX_REMOVALS && signal?.aborted === true; again += 1) {
      if ((await run(api, to, ['test', '-e', written])).exitCode !== 0) break;
      await systemClock.sleep(REMOVAL_INTERVAL_MS);
      await run(api, to, ['rm', '-r', '-f', written]);
    }
    return ended;
  };
  await removal()
    .then(async (ended) => {
      if (ended.exitCode === 0) return;
      // Folders that are read-only keep what is in them.
      await run(api, to, ['chmod', '-R', 'u+rwx', written]);
      checkProgram(await removal());
    })
    .catch((reason: unknown) => {
      const why = reason instanceof Error ? reason.message : String(reason);
      warnLine(`the incomplete ${printable(written)} stays in the task: ${why}`);
    });
}

/** Extracts an archive in a folder of the task. */
async function send(api: Api, to: CopyPlace, folder: string, archive: AsyncIterable<unknown>): Promise<void> {
  const command = ['tar', '-x', '-o', '-f', '-', '-C', folder];
  try {
    checkProgram(await run(api, to, command, drained, withProgress(archive, 'copied')));
  } finally {
    // An open standard input would keep this process running.
    if (archive === process.stdin) process.stdin.destroy();
  }
}

interface Ended {
  readonly program: string;
  readonly exitCode: number;
  /** What the program said last. */
  readonly text: string;
}

/** Runs a program in a task. `read` gets its standard output, and `input`, if there is one, is its standard input. */
async function run(
  api: Api,
  { allocation, task, signal: interrupted }: CopyPlace,
  command: readonly string[],
  read: (output: AsyncIterable<Uint8Array>) => Promise<void> = drained,
  input?: AsyncIterable<unknown>,
): Promise<Ended> {
  const over = new AbortController();
  const signal = interrupted === undefined ? over.signal : AbortSignal.any([over.signal, interrupted]);
  let ended: Ended | undefined;
  let unread: unknown;
  /** An input that cannot be read ends the program. If it cannot be sent, the program's output says why. */
  async function* source(from: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
    try {
      yield* inPieces(from);
    } catch (error) {
      unread = error;
      over.abort();
      throw error;
    }
  }
  const exec = { allocation, task, command, input: input !== undefined };
  const answer = await startExec(api, exec, signal);
  async function* stdout(): AsyncGenerator<Uint8Array> {
    let text = '';
    const output = outputOf(answer, (session) => {
      if (input !== undefined)
        sendInput(api, allocation, session, source(input), signal).catch(() => undefined);
    });
    for await (const each of output) {
      if ('error' in each) throw new Failure(each.error);
      if ('exit_code' in each) {
        ended = { program: command[0] ?? '', exitCode: each.exit_code, text: text.trim() };
        return;
      }
      if ('stdout' in each) yield Buffer.from(each.stdout, 'base64');
      else text = (text + Buffer.from(each.stderr, 'base64').toString()).slice(-MAX_REASON_LENGTH);
    }
    throw new Failure('the server ended its response early: the copy is incomplete');
  }
  try {
    await read(stdout());
  } catch (error) {
    if (unread !== undefined) throw unread;
    // What a program prints that could not start, or failed, is no archive.
    if (ended === undefined || ended.exitCode === 0) throw error;
  } finally {
    over.abort();
  }
  if (ended === undefined) throw new Failure('the archive ended early: the copy is incomplete');
  return ended;
}

async function drained(output: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of output);
}

/** Throws a {@link Failure} if the program is missing or its exit code is above `maxExitCode`. Files that changed while tar read them are a warning. */
function checkProgram(ended: Ended, maxExitCode = 0): Ended {
  const { program, exitCode, text } = ended;
  if (exitCode === NOT_FOUND || exitCode === NOT_EXECUTABLE)
    throw new Failure(
      `the task has no program ${program}, which copies need: use an image with it, or print the file with muster exec ALLOCATION -- PROGRAM`,
      NOT_FOUND,
    );
  if (exitCode === 1 && text !== '' && text.split('\n').every((line) => line.endsWith(CHANGED)))
    warnLine(printableLines(text));
  else if (exitCode > maxExitCode)
    throw new Failure(
      `the copy is incomplete: ${program} in the task ended with exit code ${exitCode}${text === '' ? '' : `\n${text}`}`,
    );
  return ended;
}
