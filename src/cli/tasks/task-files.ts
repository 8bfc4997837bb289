import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, sep } from 'node:path';
import { comparedName } from '#domain/kernel/plain-name.js';
import { Failure } from '../shared/failure.js';
import { unreadable } from '../files/read-text.js';
import { refuseFile } from '../files/refused-file.js';
import type { FileDocument } from '../files/structured-text.js';
import type { Described } from './task-difference.js';
import { withNamedDependencies } from './task-dependencies.js';

const ENDINGS: readonly string[] = ['.yaml', '.yml', '.json'];

/** Reads the tasks from files, or from all files in directories and below. Throws a {@link Failure} that lists all problems with their file and task. */
export async function readTasks(paths: readonly string[]): Promise<readonly Described[]> {
  const { normaliseTask } = await bodies();
  const files = (await Promise.all(paths.map(filesIn))).flat();
  const documents = await checkedTasks(files);
  return documents.map((said) => withNamedDependencies(said, (body) => normaliseTask(body) as Described));
}

/** Reads the tasks from files, as written. Throws a {@link Failure} that lists all problems of all files. */
export async function checkedTasks(files: readonly string[]): Promise<readonly unknown[]> {
  const { readAll } = await checking();
  const read = await Promise.allSettled(files.map(async (file) => await readAll(file, ['task'])));
  const unread = read.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  const foreign = unread.find((each) => !(each instanceof Failure));
  if (foreign !== undefined) throw foreign;
  const documents = read.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
  const problems = [
    ...unread.map((each) => (each instanceof Failure ? each.message : '')),
    ...(await taskProblems(documents)),
  ];
  if (problems.length > 0) refuseFile(files[0] ?? '-', problems);
  return documents.map(({ data }) => data);
}

/** Returns all problems of tasks in files, including names that occur twice. */
async function taskProblems(documents: readonly FileDocument[]): Promise<string[]> {
  const { taskBody, scheduleProblems } = await bodies();
  const { problemLines } = await checking();
  const from = new Map<string, string>();
  return documents.flatMap((document, index) => {
    const { file, data: said } = document;
    const { name } = (said ?? {}) as { readonly name?: unknown };
    const isNamed = typeof name === 'string' && name !== '';
    let found: string[] = [];
    withNamedDependencies(said, (body) => {
      found = problemLines(document, taskBody, { body, more: scheduleProblems(body) }).map(
        (line) => `${line} (task ${isNamed ? name : index + 1})`,
      );
      return body as Described;
    });
    const other = isNamed ? from.get(comparedName(name)) : undefined;
    if (isNamed) from.set(comparedName(name), other ?? file);
    return other === undefined
      ? found
      : [...found, `${file}: task ${name as string} is already defined in ${other}`];
  });
}

/** Returns whether a file is in a folder of a tool, such as `.git`. */
function isHidden(name: string): boolean {
  return dirname(name)
    .split(sep)
    .some((folder) => folder.length > 1 && folder.startsWith('.'));
}

async function filesIn(path: string): Promise<string[]> {
  try {
    if (path === '-' || !(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path, { recursive: true });
    return names
      .filter((name) => ENDINGS.includes(extname(name).toLowerCase()) && !isHidden(name))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The rules of tasks take longer to load than most commands run. */
async function bodies(): ReturnType<(typeof import('#src/surfaces/tasks/index.js'))['taskBodies']> {
  return await (await import('#src/surfaces/tasks/index.js')).taskBodies();
}

/** The parsers take longer to load than most commands run, and few commands read a file. */
async function checking(): Promise<typeof import('../files/checked-file.js')> {
  return await import('../files/checked-file.js');
}
