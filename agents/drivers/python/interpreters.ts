import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { runProgram } from '../../run-program.js';

export interface Interpreter {
  readonly path: string;
  readonly version: string;
}

const NAME = /^python3(\.\d+)?$/;
const ANSWER_MS = 10_000;
/** Isolated mode, so that user directories and variables cannot affect the result. */
const ASK = ['-I', '-S', '-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])'];

/** Finds interpreters in the directories of a PATH: `python3` before `python3.N`, without duplicates. Caches versions until the file changes. */
export class Interpreters {
  readonly #versions = new Map<string, string | undefined>();

  constructor(
    private readonly searched: string,
    private readonly life?: AbortSignal,
  ) {}

  async find(): Promise<Interpreter[]> {
    const found: Interpreter[] = [];
    const seen = new Set<string>();
    for (const folder of this.searched.split(':')) {
      const names = await readdir(folder).catch(() => []);
      for (const name of names.filter((each) => NAME.test(each)).sort()) {
        const file = path.join(folder, name);
        const program = await realpath(file).catch(() => undefined);
        if (program === undefined || seen.has(program)) continue;
        seen.add(program);
        const version = await this.#version(file, program);
        if (version !== undefined) found.push({ path: file, version });
      }
    }
    return found;
  }

  async #version(file: string, program: string): Promise<string | undefined> {
    const { mtimeMs, size } = await stat(program);
    const key = `${program} ${mtimeMs} ${size}`;
    if (!this.#versions.has(key)) this.#versions.set(key, await ask(file, this.life));
    return this.#versions.get(key);
  }
}

function ask(file: string, life: AbortSignal | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    runProgram(file, ASK, { timeout: ANSWER_MS, env: {}, cwd: '/', life }, (error, stdout) => {
      resolve(error === null && /^3\.\d+\.\d+$/.test(stdout.trim()) ? stdout.trim() : undefined);
    });
  });
}
