import {
  execFile,
  type ChildProcess,
  type ExecFileException,
  type ExecFileOptions,
} from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { variable } from './platform/environment.js';
import { hasCode } from './platform/error-code.js';

export interface ProgramOptions extends Omit<ExecFileOptions, 'signal' | 'killSignal'> {
  readonly life?: AbortSignal | undefined;
}

/**
 * Runs a program that may be missing, and passes its output to `done`. Kills it with SIGKILL at its timeout or when `life` aborts.
 *
 * Node's own option `signal` is not safe for this (seen in Node 20.20): if the program is missing and the signal aborts in the same turn, Node calls
 * kill(2) with an uninitialized process id. That may hit an unrelated process or, if it is 0, the agent's whole process group.
 */
export function runProgram(
  file: string,
  words: readonly string[],
  { life, ...options }: ProgramOptions,
  done: (error: ExecFileException | null, stdout: string, stderr: string) => void,
): void {
  if (life?.aborted === true) {
    done(Object.assign(new Error(`${file} was not started`), { code: 'ABORT_ERR' }), '', '');
    return;
  }
  const child = execFile(
    file,
    words,
    { ...options, encoding: 'utf8', killSignal: 'SIGKILL' },
    (error, stdout, stderr) =>
      done(
        isMissing(error, file, options.env) ? Object.assign(error, { code: 'ENOENT' }) : error,
        stdout,
        stderr,
      ),
  );
  if (life !== undefined) killOnAbort(child, life);
}

/**
 * Whether the program is missing although the system reports EACCES, which it does as soon as one folder of PATH may not be searched, such as a folder in
 * root's home.
 */
function isMissing(
  error: ExecFileException | null,
  file: string,
  env: NodeJS.ProcessEnv = { PATH: variable('PATH') },
): error is ExecFileException {
  if (error === null || !hasCode(error, 'EACCES') || file.includes('/')) return false;
  return (env['PATH'] ?? '').split(delimiter).every((folder) => !existsSync(join(folder, file)));
}

/** Kills a program with SIGKILL when the signal aborts, or now if it has. Unlike Node's option `signal`, only signals a program that has started. */
export function killOnAbort(child: ChildProcess, signal: AbortSignal): void {
  const kill = (): void => {
    if (child.pid !== undefined) child.kill('SIGKILL');
  };
  const forget = (): void => signal.removeEventListener('abort', kill);
  if (signal.aborted) {
    kill();
    return;
  }
  signal.addEventListener('abort', kill, { once: true });
  child.once('exit', forget);
  child.once('error', forget);
}
