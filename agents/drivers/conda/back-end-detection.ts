import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Backend } from '#domain/drivers/conda/index.js';
import { runProgram } from '../../run-program.js';
import { wordsToBecome } from '../../users/become.js';
import type { HostUser } from '../../platform/passwd.js';

export interface DetectedBackEnd {
  readonly name: Backend;
  readonly program: string;
  readonly uv?: string;
}

const ANSWER_MS = 20_000;
const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const COMMANDS = ['micromamba', 'mamba', 'conda'] as const;
const HAS_RATTLER =
  'import rattler; from rattler import PackageCache; import os; print("yes", flush=True); os._exit(0)';
const HAS_VENV = 'import ensurepip, venv; print("yes")';

/** Finds a back end in the directories of a PATH, in order of preference. Positive results are cached until the program's file changes. */
export class BackEnds {
  readonly #said = new Map<string, boolean>();

  constructor(
    private readonly searched: string,
    private readonly wanted: Backend | undefined,
    private readonly starter: () => Promise<HostUser | undefined>,
    private readonly life?: AbortSignal,
  ) {}

  async find(): Promise<DetectedBackEnd | undefined> {
    const uv = await this.#program('uv');
    const with_ = (name: Backend, program: string): DetectedBackEnd => ({
      name,
      program,
      ...(uv !== undefined && { uv }),
    });
    for (const name of COMMANDS) {
      const program = this.#isWanted(name) ? await this.#program(name) : undefined;
      if (program !== undefined) return with_(name, program);
    }
    const python = await this.#program('python3');
    if (python === undefined) return undefined;
    if (this.#isWanted('rattler') && (await this.#says(python, HAS_RATTLER))) return with_('rattler', python);
    if (this.#isWanted('venv') && (uv !== undefined || (await this.#says(python, HAS_VENV))))
      return with_('venv', python);
    return undefined;
  }

  #isWanted(name: Backend): boolean {
    return this.wanted === undefined || this.wanted === name;
  }

  async #program(name: string): Promise<string | undefined> {
    for (const folder of this.searched.split(':').filter((each) => path.isAbsolute(each))) {
      const file = path.join(folder, name);
      const isThere = await access(file, constants.X_OK).then(
        async () => (await stat(file)).isFile() && (await this.#isStartable(file)),
        () => false,
      );
      if (isThere) return file;
    }
    return undefined;
  }

  /** Negative results are not cached, because a missing module may be installed later. */
  async #says(python: string, question: string): Promise<boolean> {
    return await this.#once(
      python,
      question,
      async (as) => (await answerOf(as, python, ['-I', '-c', question], this.life)).trim() === 'yes',
    );
  }

  async #isStartable(file: string): Promise<boolean> {
    return await this.#once(
      file,
      'starts',
      async (as) =>
        as.length === 0 ||
        (await answerOf(as, '/bin/sh', ['-c', 'test -x "$1" && echo yes', 'sh', file], this.life)) ===
          'yes\n',
    );
  }

  async #once(
    file: string,
    question: string,
    ask: (as: readonly string[]) => Promise<boolean>,
  ): Promise<boolean> {
    const { mtimeMs, size } = await stat(await realpath(file));
    const key = `${file} ${mtimeMs} ${size} ${question}`;
    if (this.#said.get(key) !== true) this.#said.set(key, await ask(wordsToBecome(await this.starter())));
    return this.#said.get(key) === true;
  }
}

function answerOf(
  as: readonly string[],
  program: string,
  words: readonly string[],
  life: AbortSignal | undefined,
): Promise<string> {
  const [first = program, ...rest] = [...as, program, ...words];
  return new Promise((resolve) => {
    runProgram(first, rest, { timeout: ANSWER_MS, env: { PATH: SYSTEM_PATH }, cwd: '/', life }, (_, stdout) =>
      resolve(stdout),
    );
  });
}
