import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Folder of all compiled files, to which names like `#src/…` are relative. */
const COMPILED = resolve(import.meta.dirname, '../..');

const IMPORT = /(?:from |import |import\(|new URL\()["']([.#][^"']+\.js)["']/g;

const known = new Map<string, readonly string[]>();

/** Returns the compiled files that a file imports, directly or indirectly. Imports of a file count only if `through` accepts it. */
export function imported(file: string, through: (path: string) => boolean = () => true): ReadonlySet<string> {
  const found = new Set([file]);
  // Iterating a set also visits elements added during the iteration.
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
