import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { imported } from './imports.js';
import { UsageError } from './selection.js';

const COMPILED = resolve(import.meta.dirname, '../..');
const ROOT = resolve(COMPILED, '..');

/** Fixture that starts the program. A test that imports it depends on every module of the product. */
const PROGRAM = join(COMPILED, 'test/fixtures/program.js');

/** Top-level folders of the product's modules. */
const PRODUCT = /^(domain|projections|agents|src)\//;

/** Files that decide how everything is built or installed. */
const EVERYTHING = /^(package(-lock)?\.json|tsconfig[^/]*\.json|tools\/(bundle|compile|client-types)\.js)$/;

/**
 * Returns the files that differ from a revision, including untracked ones, relative to the root of the checkout.
 * Throws a {@link UsageError} if there is no such revision.
 */
export function changedSince(revision: string): readonly string[] {
  const git = (...words: string[]): string[] =>
    execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\0')
      .filter((path) => path !== '');
  let commit: string | undefined;
  try {
    [commit] = git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  } catch {
    throw new UsageError(`--changed: there is no revision ${revision}`);
  }
  return [
    ...git('diff', '--name-only', '-z', (commit ?? '').trim()),
    ...git('ls-files', '-z', '--others', '--exclude-standard'),
  ];
}

/**
 * Returns whether a test may depend on one of the changed files:
 *
 * - it imports the file, directly or indirectly
 * - the file belongs to the product, and the test starts the program
 * - the file is no module, and the test or one of its fixtures names it, or mirrors its top-level folder (`test/docs`)
 */
export function dependsOn(test: string, changed: readonly string[]): boolean {
  const modules = [test, ...imported(test)];
  const sources = new Set(modules.map((path) => relative(COMPILED, path).replace(/\.js$/, '')));
  const own = modules.filter((path) => path.startsWith(join(COMPILED, 'test/')));
  const folder = relative(join(COMPILED, 'test'), test).split('/')[0] ?? '';
  return changed.some((path) => {
    if (EVERYTHING.test(path)) return true;
    if (sources.has(path.replace(/\.tsx?$/, ''))) return true;
    if (PRODUCT.test(path)) return modules.includes(PROGRAM);
    if (/^test\/.*\.ts$/.test(path)) return false;
    return path.startsWith(`${folder}/`) || own.some((file) => readText(file).includes(basename(path)));
  });
}

const texts = new Map<string, string>();

function readText(file: string): string {
  const text = texts.get(file) ?? readFileSync(file, 'utf8');
  texts.set(file, text);
  return text;
}
