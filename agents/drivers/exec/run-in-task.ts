import { spawn } from 'node:child_process';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import type { TaskSpec } from '../driver.js';
import type { TaskCgroup } from './cgroup.js';
import { entriesOf, escapedWords, joinWords, launchEnvironment, placesOf } from './launch.js';
import { BECOME_TASK_USER } from './supervisor.js';
import type { TaskUser } from './user.js';

/** Starts a program like the supervisor (`supervisor.ts`), except that it does not outlive the agent. Arguments: N FILE{N} ENTRIES OWN_FOLDER WORD… */
const LAUNCH = `set -fu
umask "$MUSTER_S_UMASK"
files=$1
shift
while [ "$files" -gt 0 ]; do
  echo 0 >"$1" || exit 125
  shift
  files=$((files - 1))
done
entries=$1 own=$2
shift 2
cd "$own" || exit 125
${BECOME_TASK_USER}
if [ -n "\${MUSTER_S_ENTER-}" ]; then
  set -- nsenter --target="$MUSTER_S_ENTER" --mount --ipc /bin/sh -c 'cd "$1" || exit 125; shift; exec "$@"' enter "$own" "$@"
fi
exec "$@"
`;

export type RunsAs = Pick<ExecConfig, 'user' | 'tenant' | 'work_dir'>;

export interface RunsIn {
  readonly user: TaskUser;
  readonly cgroup: TaskCgroup | undefined;
  readonly processes: number | undefined;
  readonly namespacesOf: number | undefined;
}

/**
 * Runs a program with the task's user, environment, directory and cgroup. Resolves to its exit code. Throws if a signal ended it. When `signal`
 * aborts, the whole process group is killed.
 */
export function runInTask(
  spec: TaskSpec<RunsAs>,
  { user, cgroup, processes, namespacesOf }: RunsIn,
  [program = '', ...args]: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const words = [
    ...joinWords(cgroup),
    entriesOf(spec, user),
    placesOf(spec).local,
    ...escapedWords(program, args),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', LAUNCH, 'sh', ...words], {
      detached: true,
      stdio: 'ignore',
      cwd: '/',
      env: {
        ...launchEnvironment(spec, user, processes),
        ...(namespacesOf !== undefined && { MUSTER_S_ENTER: String(namespacesOf) }),
      },
    });
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // No process of the group is left.
      }
    };
    signal.addEventListener('abort', kill, { once: true });
    child.once('error', (error) => {
      signal.removeEventListener('abort', kill);
      reject(error);
    });
    child.once('exit', (code, ended) => {
      signal.removeEventListener('abort', kill);
      if (signal.aborted) reject(new Error('timed out'));
      else if (code === null) reject(new Error(`killed by ${ended ?? 'a signal'}`));
      else resolve(code);
    });
    if (signal.aborted) kill();
  });
}
