import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { deadline } from '../../../platform/clock/system-clock.js';
import { wordsToBecome } from '../../../users/become.js';

export interface ToolUser {
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  readonly group?: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly given: string;
}

export interface ToolEnd {
  /** 128 + n if signal n ended the program; 127 if the program could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT = 16_777_216;
const KEPT_ERRORS = 65_536;
/** How long to wait for output after a program has ended, in milliseconds. */
const LEFT_OPEN_MS = 2000;
const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

export function startTool(
  program: string,
  words: readonly string[],
  { owner, group, environment, folder }: ToolUser,
): ChildProcessWithoutNullStreams {
  const [first = program, ...rest] = [...wordsToBecome(owner, group), program, ...words];
  return spawn(first, rest, { env: environment, cwd: folder, stdio: 'pipe' });
}

/** Runs a program to completion. `say` receives each line of stderr. */
export async function runTool(
  program: string,
  words: readonly string[],
  user: ToolUser,
  say: (line: string) => void,
  input = '',
): Promise<ToolEnd> {
  const child = startTool(program, words, user);
  const stdout: Buffer[] = [];
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    stdout.push(chunk);
    bytes += chunk.length;
    while (bytes > MAX_OUTPUT && stdout.length > 1) bytes -= stdout.shift()?.length ?? 0;
  });
  const errors = sayLines(child, say);
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await ended(child);
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: errors() };
}

export function sayLines(child: ChildProcessWithoutNullStreams, say: (line: string) => void): () => string {
  const decoder = new StringDecoder('utf8');
  let kept = '';
  let open = '';
  child.stderr.on('data', (chunk: Buffer) => {
    const text = decoder.write(chunk);
    kept = (kept + text).slice(-KEPT_ERRORS);
    const lines = (open + text).split(/\r?\n|\r/);
    open = (lines.pop() ?? '').slice(-KEPT_ERRORS);
    for (const line of lines) say(line);
  });
  child.stderr.on('end', () => open !== '' && say(open));
  return () => kept;
}

/** Resolves when the program has ended and its output has been read. Does not wait for orphaned processes that hold the output open. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', () => {
      deadline(LEFT_OPEN_MS).addEventListener('abort', () => {
        child.stdout.destroy();
        child.stderr.destroy();
      });
    });
    child.once('close', (code, signal) => {
      resolve(code ?? 128 + (SIGNALS[signal ?? ''] ?? 0));
    });
  });
}
