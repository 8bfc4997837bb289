import { chownSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CondaRun } from '#domain/drivers/conda/index.js';
import { makeFolder, PASSABLE } from '../../platform/files/folder.js';
import type { TaskSpec } from '../driver.js';
import { textOrEnvironment } from '../text-or-environment.js';

/** Returns the path of a run's script. A script passed as text is written to a file that only the run's user can read. */
export function scriptOf(
  spec: TaskSpec<CondaRun>,
  owner: { readonly uid: number; readonly gid: number } | undefined,
): string {
  const { script } = spec.config;
  if ('path' in script) return script.path;
  const folder = path.join(spec.directory, 'script');
  for (const each of [path.dirname(spec.directory), spec.directory, folder]) makeFolder(each, PASSABLE);
  const file = path.join(folder, 'script.py');
  rmSync(file, { force: true });
  writeFileSync(file, textOrEnvironment(script.content, spec), { mode: 0o400 });
  if (owner !== undefined) chownSync(file, owner.uid, owner.gid);
  return file;
}

export function variablesOf({ config: { script }, task }: TaskSpec<CondaRun>): Record<string, string> {
  const carrier = 'content' in script && typeof script.content === 'object' ? script.content.env : undefined;
  return Object.fromEntries(Object.entries(task.env ?? {}).filter(([name]) => name !== carrier));
}
