import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program that is measured. */
export interface Revision {
  readonly name: string;
  /** Main module of the command line. */
  readonly main: string;
}

/**
 * Builds another revision as its user would install it (`npm ci`), in a folder below the temporary one that is named after the commit, and is used
 * again. Throws if git does not know the revision, or the build fails.
 */
export function builtRevision(revision: string): Revision {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  const commit = git('rev-parse', '--short=12', '--verify', '--end-of-options', `${revision}^{commit}`);
  const folder = join(tmpdir(), `muster-compared-${commit}`);
  const built = join(folder, '.built');
  if (!existsSync(built)) {
    mkdirSync(folder, { recursive: true });
    const archive = execFileSync('git', ['archive', '--format=tar', commit], { maxBuffer: 2 ** 30 });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
    writeFileSync(built, '');
  }
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly bin: { readonly muster: string };
  };
  return { name: commit, main: join(folder, bin.muster) };
}
