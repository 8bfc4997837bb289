import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, sep } from 'node:path';
import { comparedName } from '#domain/kernel/plain-name.js';
import { Failure } from '../shared/failure.js';
import { refuseFile } from '../shared/refused-file.js';
import { readDocuments } from '../shared/structured-file.js';
import type { Described } from './task-difference.js';
import { withNamedDependencies } from './task-dependencies.js';

const ENDINGS: readonly string[] = ['.yaml', '.yml', '.json'];

/** Reads the tasks from files, or from all files in directories and below. Throws a {@link Failure} that lists all problems with their file and task. */
export async function readTasks(paths: readonly string[]): Promise<readonly Described[]> {
  const { normaliseTask } = await bodies();
  const files = (await Promise.all(paths.map(filesIn))).flat();
  const read = await Promise.all(
    files.map(async (file) => (await readDocuments(file)).map((said) => ({ file, said }))),
  );
  const documents = read.flat();
  await checkTasks(documents);
  return documents.map(({ said }) => withNamedDependencies(said, (body) => normaliseTask(body) as Described));
}

interface TaskDocument {
  readonly file: string;
  readonly said: unknown;
}

/** Throws a {@link Failure} that lists all problems of tasks in files, including names that occur twice. */
export async function checkTasks(documents: readonly TaskDocument[]): Promise<void> {
  const { taskProblems } = await bodies();
  const from = new Map<string, string>();
  const problems = documents.flatMap(({ file, said }, index) => {
    const { name } = (said ?? {}) as { readonly name?: unknown };
    const isNamed = typeof name === 'string' && name !== '';
    let found: string[] = [];
    withNamedDependencies(said, (body) => {
      found = taskProblems(file, body).map((line) => `${line} (task ${isNamed ? name : index + 1})`);
      return body as Described;
    });
    const other = isNamed ? from.get(comparedName(name)) : undefined;
    if (isNamed) from.set(comparedName(name), other ?? file);
    return other === undefined
      ? found
      : [...found, `${file}: task ${name as string} is already defined in ${other}`];
  });
  if (problems.length > 0) refuseFile(documents[0]?.file ?? '-', problems);
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
    throw new Failure(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The rules of tasks take longer to load than most commands run. */
async function bodies(): ReturnType<(typeof import('#src/surfaces/tasks/index.js'))['taskBodies']> {
  return await (await import('#src/surfaces/tasks/index.js')).taskBodies();
}
