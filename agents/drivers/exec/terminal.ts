import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { TerminalSize } from '#domain/protocol/index.js';
import { CommandRefusedError } from '../../checks/reach.js';
import { textOf } from '../../platform/files/file-text.js';
import { TASK_PATH } from './environment.js';
import { processesOfSession, readProcess, sendSignal } from './process-table.js';

export interface TerminalPrograms {
  readonly script: string;
  readonly stty: string;
}

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
  const [script, stty] = [programIn(searched, 'script'), programIn(searched, 'stty')];
  const isUtilLinux =
    script !== undefined &&
    (await promisify(execFile)(script, ['--version']).then(
      ({ stdout }) => stdout.includes('util-linux'),
      () => false,
    ));
  if (script !== undefined && stty !== undefined && isUtilLinux) return { script, stty };
  const missing = isUtilLinux ? 'stty of coreutils' : 'script of util-linux';
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
  { script, stty }: TerminalPrograms,
  { rows, columns }: TerminalSize,
  command: readonly string[],
): string[] {
  const run = [
    `echo $$ >&${LEADER_DESCRIPTOR}; exec ${LEADER_DESCRIPTOR}>&-`,
    `${stty} sane rows ${rows} columns ${columns}`,
    OWN_SHELL,
    `exec setpriv --pdeathsig KILL ${command.map(quoted).join(' ')}`,
  ].join('; ');
  return ['/bin/sh', '-c', BEGIN, 'terminal', script, '--quiet', '--return', '--command', run, '/dev/null'];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Script(1) keeps the descriptor open, so this does not wait for its end. */
async function firstOf(reported: Readable): Promise<string> {
  for await (const chunk of reported) return String(chunk);
  return '';
}

/** The processes in a terminal. They are one session, whose leader is the program. */
export class TerminalSession {
  readonly #leader: Promise<number | undefined>;

  /** @param script process of script(1)  @param reported what the leader says of itself, which is believed only if it is a child of script(1) */
  constructor(script: number | undefined, reported: Readable) {
    this.#leader = firstOf(reported).then(
      (line) => {
        const pid = Number(line);
        const found = Number.isSafeInteger(pid) && pid > 0 ? readProcess(pid) : undefined;
        return found?.parent === script && found?.session === pid ? pid : undefined;
      },
      () => undefined,
    );
  }

  /** Returns the file of the terminal, by the number that the kernel knows. Undefined after the end. */
  async file(): Promise<string | undefined> {
    const leader = await this.#leader;
    const stat = leader === undefined ? undefined : textOf(`/proc/${leader}/stat`);
    if (stat === undefined) return undefined;
    const device = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4]);
    const [major, minor] = [(device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xfff00)];
    return major === PSEUDOTERMINAL ? `/dev/pts/${minor}` : undefined;
  }

  /** Kills what is left in the terminal. */
  async end(): Promise<void> {
    const leader = await this.#leader;
    if (leader === undefined) return;
    for (const { pid } of processesOfSession(leader)) sendSignal(pid, 'SIGKILL');
  }
}
