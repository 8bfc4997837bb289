import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders of tests about the whole program or its documents. They reach every module, so they say nothing about a single one. */
const ABOUT_THE_WHOLE = /^(scenarios|bench|deploy|docs|tree|report|mutation|watcher|mongodb|event-store)\//;

/** Finds which test files reach which modules through imports. Paths are of compiled modules, such as `dist/domain/jobs/job/decider.js`. */
export class Reach {
  readonly #imports = new Map<string, readonly string[]>();
  readonly #distances: ReadonlyMap<string, ReadonlyMap<string, number>>;

  constructor(private readonly root: string) {
    const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.test.ts') && !ABOUT_THE_WHOLE.test(path))
      .map((path) => join('dist/test', path.replace(/\.ts$/, '.js')));
    this.#distances = new Map(tests.map((test) => [test, this.#distancesFrom(test)]));
  }

  /** Returns the nearest tests of a module: those in its mirrored folder, then those in near folders, then those that import it most directly. */
  nearest(module: string, atMost: number): string[] {
    const mirror = mirrorOf(module);
    const near = [...this.#distances].flatMap(([test, distances]) => {
      const own = mirrors(test, module);
      const distance = distances.get(module) ?? Infinity;
      return own || distance < Infinity
        ? [{ test, own, shared: sharedFolders(mirror, dirname(test)), distance }]
        : [];
    });
    near.sort(
      (one, other) =>
        Number(other.own) - Number(one.own) ||
        other.shared - one.shared ||
        one.distance - other.distance ||
        (one.test < other.test ? -1 : 1),
    );
    return near.slice(0, atMost).map(({ test }) => test);
  }

  #distancesFrom(test: string): Map<string, number> {
    const distances = new Map([[test, 0]]);
    for (const [module, distance] of distances) {
      for (const imported of this.#importsOf(module))
        if (!distances.has(imported)) distances.set(imported, distance + 1);
    }
    return distances;
  }

  #importsOf(module: string): readonly string[] {
    const known = this.#imports.get(module);
    if (known !== undefined) return known;
    const text = existsSync(join(this.root, module)) ? readFileSync(join(this.root, module), 'utf8') : '';
    const named = [...text.matchAll(/(?:from|import|import\(|new URL\()\s*['"]([^'"]+\.js)['"]/g)].map(
      ([, name = '']) => name,
    );
    const found = named.flatMap((name) =>
      name.startsWith('#')
        ? [join('dist', name.slice(1))]
        : name.startsWith('.')
          ? [join(dirname(module), name)]
          : [],
    );
    this.#imports.set(module, found);
    return found;
  }
}

/** Whether the test is in the folder that mirrors the module's folder. */
export function mirrors(test: string, module: string): boolean {
  return dirname(test) === mirrorOf(module);
}

function mirrorOf(module: string): string {
  return join('dist/test', dirname(module).replace(/^dist\//, ''));
}

function sharedFolders(one: string, other: string): number {
  const [left, right] = [one.split('/'), other.split('/')];
  const parted = left.findIndex((part, place) => part !== right[place]);
  return parted < 0 ? left.length : parted;
}
