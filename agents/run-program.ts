import { execFile, type ExecFileException, type ExecFileOptions } from 'node:child_process';

export interface ProgramOptions extends Omit<ExecFileOptions, 'signal' | 'killSignal'> {
  /** The program is killed when this aborts, and not started if it has. */
  readonly life?: AbortSignal | undefined;
}

/**
 * Runs a program that may be missing and calls back with its output. It is killed by SIGKILL at its timeout and when `life` aborts.
 *
 * Node's own option `signal` is not safe for this (seen in Node 20.20): if the program is missing and the signal aborts in the same turn, Node sends the
 * signal to a number that nobody has set. That may be a foreign process or, as 0, the whole process group of this one.
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
    (error, stdout, stderr) => {
      life?.removeEventListener('abort', kill);
      done(error, stdout, stderr);
    },
  );
  life?.addEventListener('abort', kill);

  function kill(): void {
    // Only a program that was started has a pid.
    if (child.pid !== undefined) child.kill('SIGKILL');
  }
}
