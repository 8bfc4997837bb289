import { join } from 'node:path';
import { HERE, run } from './toolbox.js';

export interface PythonSources {
  /** Folder of the virtual environment. */
  readonly python: string;
  /** Folders of packages, each in a folder of its own. */
  readonly packages: readonly string[];
  readonly programs?: readonly string[];
  /** An existing folder for mypy's cache. */
  readonly cache: string;
}

/** Checks the types of generated Python clients, and of programs that use them, with mypy. Throws with its findings. */
export async function checkPythonTypes({
  python,
  packages,
  programs = [],
  cache,
}: PythonSources): Promise<void> {
  await run(
    [
      join(python, 'bin/mypy'),
      '--config-file',
      join(HERE, 'python/mypy.ini'),
      '--cache-dir',
      join(cache, '.mypy_cache'),
      ...packages,
      ...programs,
    ],
    { env: { MYPYPATH: packages.map((each) => join(each, '..')).join(':') }, minutes: 4 },
  );
}
