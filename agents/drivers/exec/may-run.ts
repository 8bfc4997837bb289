import { variable } from '../../platform/environment.js';
import { runProgram } from '../../run-program.js';
import type { TaskUser } from './user.js';

const CHECK = '[ -f "$1" ] && [ -x "$1" ]';
const TIMEOUT_MS = 10_000;

/** Returns whether this user can run a file. That user checks it, because root would reveal what is in folders that are closed to the user. */
export async function mayRun(user: TaskUser, file: string, life: AbortSignal): Promise<boolean> {
  const [program = '/bin/sh', ...words] = [...wordsOf(user), '/bin/sh', '-c', CHECK, 'sh', file];
  return await new Promise((resolve) => {
    runProgram(
      program,
      words,
      { life, timeout: TIMEOUT_MS, cwd: '/', env: { PATH: variable('PATH') } },
      (error) => resolve(error === null),
    );
  });
}

function wordsOf({ options }: TaskUser): string[] {
  return options === '' ? [] : ['setpriv', ...options.split(' ')];
}
