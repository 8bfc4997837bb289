import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { comparedName } from '#domain/kernel/plain-name.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { taskBodies } from '#src/surfaces/tasks/index.js';
import { Failure } from '../shared/failure.js';
import { readDocuments } from '../shared/structured-file.js';
import type { Described } from './task-difference.js';
import { withNamedDependencies } from './task-dependencies.js';

const ENDINGS: readonly string[] = ['.yaml', '.yml', '.json'];

/** Reads the tasks from files, or from all files directly in directories. Throws a {@link Failure} that names the file. */
export async function readTasks(paths: readonly string[]): Promise<readonly Described[]> {
  const { normaliseTask: wholeBody } = await taskBodies();
  const from = new Map<string, string>();
  const tasks: Described[] = [];
  for (const file of (await Promise.all(paths.map(filesIn))).flat()) {
    for (const said of await readDocuments(file)) {
      const task = checked(file, () => withNamedDependencies(said, (body) => wholeBody(body) as Described));
      const other = from.get(comparedName(task.name));
      if (other !== undefined) throw new Failure(`${file}: task ${task.name} is already defined in ${other}`);
      from.set(comparedName(task.name), file);
      tasks.push(task);
    }
  }
  return tasks;
}

async function filesIn(path: string): Promise<string[]> {
  try {
    if (path === '-' || !(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path);
    return names
      .filter((name) => ENDINGS.includes(extname(name)))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function checked<Value>(file: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (isMusterError(error)) throw new Failure(`${file}: ${error.message}`);
    throw error;
  }
}
