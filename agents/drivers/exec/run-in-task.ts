import { spawn, type ChildProcessWithoutNullStreams, type StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import { CommandRefusedError, type CommandOptions, type RunningCommand } from '../../checks/reach.js';
import type { TaskSpec } from '../driver.js';
import type { TaskCgroup } from './cgroup.js';
import { entriesOf, escapedWords, joinWords, launchEnvironment, placesOf } from './launch.js';
import { mergedOutput } from './merged-output.js';
import type { ProcessName } from './supervised.js';
import { BECOME_TASK_USER, BORN } from './supervisor.js';
import { inTerminal, terminalPrograms, TerminalSession } from './terminal.js';
import type { TaskUser } from './user.js';

/**
 * Starts a program like the supervisor (`supervisor.ts`), except that it does not outlive the agent. Arguments: N FILE{N} ENTRIES OWN_FOLDER WORD…
 *
 * MUSTER_S_ENTER and MUSTER_S_ENTER_BIRTH name the process whose namespaces it enters. They are opened before the process is checked, so that they are
 * the task's even if it changes its own afterwards. A process in a user namespace of its own could have mounted programs there that root would run.
 */
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
  ${BORN}
  exec 7<"/proc/$MUSTER_S_ENTER/ns/mnt" 8<"/proc/$MUSTER_S_ENTER/ns/ipc"
  into() { readlink "/proc/$1"; }
  ( born "$MUSTER_S_ENTER" && [ "$birth" = "$MUSTER_S_ENTER_BIRTH" ] &&
    [ "$(into "$MUSTER_S_ENTER/ns/user")" = "$(into self/ns/user)" ] &&
    [ "$(into self/fd/7)" != "$(into self/ns/mnt)" ] ) || { echo "muster: cannot enter the task's namespaces" >&2; exit 125; }
  set -- nsenter --mount=/proc/self/fd/7 --ipc=/proc/self/fd/8 /bin/sh -c 'exec 7<&- 8<&-; cd "$1" || exit 125; shift; exec "$@"' enter "$own" "$@"
fi
exec "$@"
`;

/** Exit code of a program that a signal ended, less the number of the signal. */
const SIGNALLED = 128;

export type RunsAs = Pick<ExecConfig, 'user' | 'tenant' | 'work_dir'>;

export interface RunsIn {
  readonly user: TaskUser;
  readonly cgroup: TaskCgroup | undefined;
  readonly processes: number | undefined;
  /** Process whose namespaces the program enters. Undefined if the task shares the host's. */
  readonly namespacesOf: ProcessName | undefined;
}

/**
 * Runs a program with the task's user, environment, directory and cgroup. Resolves to its exit code. Throws if a signal ended it. When `signal`
 * aborts, the whole process group is killed.
 */
export function runInTask(
  spec: TaskSpec<RunsAs>,
  place: RunsIn,
  command: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = launch(spec, place, command, 'ignore', signal);
    child.once('error', reject);
    child.once('exit', (code, ended) => {
      if (signal.aborted) reject(new Error('timed out'));
      else if (code === null) reject(new Error(`killed by ${ended ?? 'a signal'}`));
      else resolve(code);
    });
  });
}

/**
 * Runs a program like {@link runInTask}, with its input and output. When it ends, or `signal` aborts, the rest of its process group is killed. If the
 * agent is killed, the kernel ends the program. A terminal changes nothing else: the program in it has the same user, limits and namespaces.
 */
export async function openInTask(
  spec: TaskSpec<RunsAs>,
  place: RunsIn,
  command: readonly string[],
  { env, input, terminal }: CommandOptions,
  signal: AbortSignal,
): Promise<RunningCommand> {
  if (env !== undefined)
    throw new CommandRefusedError('the exec driver gives commands no environment of their own');
  const programs = terminal && (await terminalPrograms());
  const child = launch(
    spec,
    { ...place, user: endsWithAgent(place.user) },
    programs === undefined ? command : inTerminal(programs, terminal!, command),
    // The input of a terminal stays open: script(1) would pass on its end as Ctrl-D.
    [input || programs !== undefined ? 'pipe' : 'ignore', 'pipe', 'pipe', programs && 'pipe'],
    signal,
  ) as ChildProcessWithoutNullStreams;
  const uid = place.user.owner?.uid ?? process.geteuid!();
  const session = programs && new TerminalSession(uid, child.stdio[3] as Readable);
  const exited = new AbortController();
  const output = mergedOutput({ stdout: child.stdout, stderr: child.stderr }, exited.signal);
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const cut = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  signal.addEventListener('abort', cut, { once: true });
  const exitCode = new Promise<number>((resolve, reject) => {
    child.once('exit', (code, ended) => {
      killGroup(child.pid);
      exited.abort();
      const result = code ?? SIGNALLED + (ended === null ? 0 : constants.signals[ended]);
      void Promise.resolve(session?.end()).then(() => resolve(result), reject);
    });
  });
  return {
    input: input ? child.stdin : undefined,
    output,
    exitCode,
    resize: async ({ rows, columns }) => {
      const file = await session?.file();
      if (programs === undefined || file === undefined) return;
      const size = ['rows', String(rows), 'columns', String(columns)];
      await runInTask(spec, place, [programs.stty, '-F', file, ...size], signal);
    },
  };
}

function endsWithAgent(user: TaskUser): TaskUser {
  return { ...user, options: `${user.options} --pdeathsig=KILL`.trim() };
}

function launch(
  spec: TaskSpec<RunsAs>,
  { user, cgroup, processes, namespacesOf }: RunsIn,
  [program = '', ...args]: readonly string[],
  stdio: StdioOptions,
  signal: AbortSignal,
) {
  const words = [
    ...joinWords(cgroup),
    entriesOf(spec, user),
    placesOf(spec).local,
    ...escapedWords(program, args),
  ];
  const child = spawn('/bin/sh', ['-c', LAUNCH, 'sh', ...words], {
    detached: true,
    stdio,
    cwd: '/',
    env: {
      ...launchEnvironment(spec, user, processes),
      ...(namespacesOf !== undefined && {
        MUSTER_S_ENTER: String(namespacesOf.pid),
        MUSTER_S_ENTER_BIRTH: String(namespacesOf.birth),
      }),
    },
  });
  const kill = (): void => killGroup(child.pid);
  const forget = (): void => signal.removeEventListener('abort', kill);
  signal.addEventListener('abort', kill, { once: true });
  child.once('error', forget).once('exit', forget);
  if (signal.aborted) kill();
  return child;
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // No process of the group is left.
  }
}
