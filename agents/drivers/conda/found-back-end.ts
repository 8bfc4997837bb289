import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Backend } from '#domain/drivers/conda/index.js';

/** What solves and builds on this node. */
export interface FoundBackEnd {
  readonly name: Backend;
  readonly program: string;
  /** Path of `uv`, where it is found. */
  readonly uv?: string;
}

const ANSWER_MS = 20_000;
const COMMANDS = ['micromamba', 'mamba', 'conda'] as const;
const HAS_RATTLER = 'import rattler; from rattler import PackageCache; import os; print("yes", flush=True); os._exit(0)';
const HAS_VENV = 'import ensurepip, venv; print("yes")';

/** Finds a back end in the folders of a PATH, in the order in which they are preferred. What a Python said of itself is not asked again until it changes. */
export class BackEnds {
  readonly #said = new Map<string, boolean>();

  constructor(
    private readonly searched: string,
    private readonly wanted: Backend | undefined,
  ) {}

  /** Undefined: there is none, or not the wanted one. */
  async find(): Promise<FoundBackEnd | undefined> {
    const uv = await this.#program('uv');
    const with_ = (name: Backend, program: string): FoundBackEnd => ({ name, program, ...(uv !== undefined && { uv }) });
    for (const name of COMMANDS) {
      const program = this.#isWanted(name) ? await this.#program(name) : undefined;
      if (program !== undefined) return with_(name, program);
    }
    const python = await this.#program('python3');
    if (python === undefined) return undefined;
    if (this.#isWanted('rattler') && (await this.#says(python, HAS_RATTLER))) return with_('rattler', python);
    if (this.#isWanted('venv') && (uv !== undefined || (await this.#says(python, HAS_VENV)))) return with_('venv', python);
    return undefined;
  }

  #isWanted(name: Backend): boolean {
    return this.wanted === undefined || this.wanted === name;
  }

  async #program(name: string): Promise<string | undefined> {
    for (const folder of this.searched.split(':').filter((each) => path.isAbsolute(each))) {
      const file = path.join(folder, name);
      const isThere = await access(file, constants.X_OK).then(
        async () => (await stat(file)).isFile(),
        () => false,
      );
      if (isThere) return file;
    }
    return undefined;
  }

  /** A no is asked again each time: what is missing may be installed. */
  async #says(python: string, question: string): Promise<boolean> {
    const { mtimeMs, size } = await stat(await realpath(python));
    const key = `${python} ${mtimeMs} ${size} ${question}`;
    if (this.#said.get(key) !== true) this.#said.set(key, await ask(python, question));
    return this.#said.get(key) === true;
  }
}

/** Judged by what it says: the interpreter may abort when it ends. */
function ask(python: string, question: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(python, ['-I', '-c', question], { timeout: ANSWER_MS, env: {}, cwd: '/' }, (_, stdout) => resolve(stdout.trim() === 'yes'));
  });
}
