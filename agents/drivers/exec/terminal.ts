import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { TerminalSize } from '#domain/protocol/index.js';
import { CommandRefusedError } from '../../checks/reach.js';
import { textOf } from '../../platform/files/file-text.js';
import { shellQuoted } from '../../platform/shell-quote.js';
import { TASK_PATH } from './environment.js';
import { processesOfSession, sendSignal, userOfProcess } from './process-table.js';

export interface TerminalPrograms {
  readonly script: string;
  readonly stty: string;
  readonly setpriv: string;
}

/** How often the processes of a session are looked for at its end. Those that the kernel is still ending are found again. */
const MAX_ROUNDS = 100;
/** Descriptor to which the first process in a terminal writes its id. */
const LEADER_DESCRIPTOR = 3;
/** Major device number of pseudoterminals on Linux. */
const PSEUDOTERMINAL = 136;

/** script(1) runs its text with $SHELL. The program itself gets the SHELL of the task. */
const BEGIN = `export TERM="\${TERM-xterm}"
[ -z "\${SHELL+set}" ] || export MUSTER_SHELL="$SHELL"
SHELL=/bin/sh exec "$@"`;
const OWN_SHELL =
  'if [ -z "${MUSTER_SHELL+set}" ]; then unset SHELL; else SHELL=$MUSTER_SHELL; unset MUSTER_SHELL; fi';

/**
 * Finds what gives a program a terminal: Node has no pseudoterminals, and util-linux, which starts every task, has script(1) for them. Throws a
 * {@link CommandRefusedError} if the node lacks it. The script of busybox has no exit code.
 */
export async function terminalPrograms(searched = TASK_PATH): Promise<TerminalPrograms> {
  const [script, stty, setpriv] = ['script', 'stty', 'setpriv'].map((name) => programIn(searched, name));
  const isUtilLinux =
    script !== undefined &&
    (await promisify(execFile)(script, ['--version']).then(
      ({ stdout }) => stdout.includes('util-linux'),
      () => false,
    ));
  if (script !== undefined && isUtilLinux && stty !== undefined && setpriv !== undefined)
    return { script, stty, setpriv };
  const missing =
    isUtilLinux && setpriv !== undefined ? 'stty of coreutils' : 'script or setpriv of util-linux';
  throw new CommandRefusedError(
    `the node cannot give processes a terminal, because it lacks the program ${missing}: install it, or leave out --tty (-t)`,
  );
}

function programIn(searched: string, name: string): string | undefined {
  return searched
    .split(':')
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Returns the words that run a program in a new terminal. It is killed if script(1) is: otherwise, it could ignore that its terminal was closed. */
export function inTerminal(
  { script, stty, setpriv }: TerminalPrograms,
  { rows, columns }: TerminalSize,
  command: readonly string[],
): string[] {
  const run = [
    `echo $$ >&${LEADER_DESCRIPTOR}; exec ${LEADER_DESCRIPTOR}>&-`,
    `${stty} sane rows ${rows} columns ${columns}`,
    OWN_SHELL,
    // By its path, because the task may have a PATH of its own.
    `exec ${setpriv} --pdeathsig KILL -- ${command.map(shellQuoted).join(' ')}`,
  ].join('; ');
  return ['/bin/sh', '-c', BEGIN, 'terminal', script, '--quiet', '--return', '--command', run, '/dev/null'];
}

/** Script(1) keeps the descriptor open, so this does not wait for its end. */
async function firstOf(reported: Readable): Promise<string> {
  for await (const chunk of reported) return String(chunk);
  return '';
}

/** The processes in a terminal. They are one session, whose leader is the program. */
export class TerminalSession {
  readonly #leader: Promise<number | undefined>;

  /**
   * `uid`: the task's user. `reported`: what the leader reports as its process id. Another process of this user may have written it, so nothing of other
   * users is found through it. The leader may have ended by now, and have left processes.
   */
  constructor(
    private readonly uid: number,
    reported: Readable,
  ) {
    this.#leader = firstOf(reported).then(
      (line) => (/^\d{1,9}\n$/.test(line) ? Number(line) : undefined),
      () => undefined,
    );
  }

  /** Returns the file of the terminal, by the number that the kernel knows. Undefined after the end. */
  async file(): Promise<string | undefined> {
    const leader = await this.#leader;
    if (leader === undefined || userOfProcess(leader) !== this.uid) return undefined;
    const stat = textOf(`/proc/${leader}/stat`);
    if (stat === undefined) return undefined;
    const device = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4]);
    const [major, minor] = [(device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xfff00)];
    return major === PSEUDOTERMINAL ? `/dev/pts/${minor}` : undefined;
  }

  /** Kills what is left in the terminal. A process can fork while the others are looked for, so this is repeated. */
  async end(): Promise<void> {
    const leader = await this.#leader;
    if (leader === undefined) return;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const left = processesOfSession(leader).filter(({ pid }) => userOfProcess(pid) === this.uid);
      if (left.length === 0) return;
      for (const { pid } of left) sendSignal(pid, 'SIGKILL');
      await setImmediate();
    }
  }
}
