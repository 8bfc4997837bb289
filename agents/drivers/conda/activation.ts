import { readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { TASK_PATH } from '../exec/index.js';

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);
const value = z.string().regex(/^[^\0]*$/);
export const variables = z.record(name, value);
const state = z.object({ env_vars: variables });

export function isVariable(given: string, text: string): boolean {
  return name.safeParse(given).success && value.safeParse(text).success;
}

/**
 * Returns the variables for a process in an environment, as `conda activate` would set them without running scripts. Packages declare variables in
 * `etc/conda/env_vars.d`, and the environment declares its own in `conda-meta/state`.
 */
export async function activation(prefix: string): Promise<Record<string, string>> {
  const folder = path.join(prefix, 'etc/conda/env_vars.d');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  const ofPackages = await Promise.all(
    names.map(async (name) => variables.safeParse(await readInside(prefix, path.join(folder, name))).data),
  );
  const own = state.safeParse(await readInside(prefix, path.join(prefix, 'conda-meta/state'))).data?.env_vars;
  return {
    PATH: `${prefix}/bin:${TASK_PATH}`,
    CONDA_PREFIX: prefix,
    CONDA_DEFAULT_ENV: prefix,
    CONDA_SHLVL: '1',
    VIRTUAL_ENV: prefix,
    ...Object.assign({}, ...ofPackages),
    ...own,
  };
}

/** Reads a JSON file within the environment. Links that leave the environment are ignored, because the agent may read more than its tenant. */
async function readInside(prefix: string, file: string): Promise<unknown> {
  try {
    const real = await realpath(file);
    return real.startsWith(`${prefix}/`) ? JSON.parse(await readFile(real, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}
