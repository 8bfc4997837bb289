import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The folder of all compiled files: names like `#src/…` begin here. */
const COMPILED = resolve(import.meta.dirname, '../..');

const IMPORT = /(?:from |import |import\()["']([.#][^"']+\.js)["']/g;

const known = new Map<string, readonly string[]>();

/** The compiled files that this one imports, and those that they import, without what only `through` would lead to. */
export function imported(file: string, through: (path: string) => boolean = () => true): ReadonlySet<string> {
  const found = new Set([file]);
  // A set also visits what is added while it is walked.
  for (const path of found) if (through(path)) for (const next of importsOf(path)) found.add(next);
  found.delete(file);
  return found;
}

function importsOf(file: string): readonly string[] {
  const before = known.get(file);
  if (before !== undefined) return before;
  const paths = [...readFileSync(file, 'utf8').matchAll(IMPORT)]
    .map(([, name = '']) =>
      name.startsWith('#') ? join(COMPILED, name.slice(1)) : resolve(dirname(file), name),
    )
    .filter((path) => existsSync(path));
  known.set(file, paths);
  return paths;
}
