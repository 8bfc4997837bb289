import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { nameOf, type Lock } from '#domain/drivers/conda/index.js';
import { BuildError } from '../tools/build-error.js';
import { runTool, type ToolEnd, type ToolUser } from '../tools/tool.js';
import type { BackEndHost } from './back-end.js';
import { failedAt } from './failed-packages.js';
import { withoutCredentials } from './lock-of.js';
import { wheelsOf } from './pylock.js';

type PipLock = Lock['pip'];

const report = z.object({
  install: z.array(
    z.object({
      download_info: z.object({
        url: z.string(),
        archive_info: z.object({ hashes: z.object({ sha256: z.string() }) }),
      }),
      metadata: z.object({ name: z.string(), version: z.string() }),
    }),
  ),
});
const NO_WHEEL = /([A-Za-z0-9._-]+)(?:==\S+)? has no (?:usable )?wheels/g;
/** PEP 440 version. Conda packages may have versions in other formats. */
const PIP_VERSION = /^\d+(\.\d+)*((a|b|rc|\.post|\.dev)\d+)*$/;

/** Installs wheels from the Python index with `uv` or pip. Building from source would run package code and would not be reproducible. */
export class PipInstaller {
  constructor(private readonly host: BackEndHost) {}

  /** Finds wheels for the Python version. `there`: conda packages of the environment, which are not changed. `held`: version constraints. */
  async solve(
    requirements: readonly string[],
    python: string,
    there: Lock['packages'] = [],
    held: readonly string[] = [],
  ): Promise<PipLock> {
    if (requirements.length === 0) return [];
    const kept = there.filter(({ version }) => PIP_VERSION.test(version));
    const folder = this.host.finder.given;
    const [wanted, constraints] = [path.join(folder, 'wanted.txt'), path.join(folder, 'constraints.txt')];
    await writeFile(wanted, requirements.map((each) => `${each}\n`).join(''), { mode: 0o644 });
    await writeFile(
      constraints,
      [...kept.map(({ name, version }) => `${name}==${version}`), ...held]
        .map((each) => `${each}\n`)
        .join(''),
      { mode: 0o644 },
    );
    const found =
      this.host.uv === undefined
        ? await this.#byPip(constraints, python, requirements)
        : await this.#byUv(this.host.uv, wanted, constraints, python, requirements);
    const has = new Set(kept.map(({ name, version }) => `${nameOf(name)} ${version}`));
    return found.filter(({ name, version }) => !has.has(`${nameOf(name)} ${version}`));
  }

  async install(packages: PipLock, prefix: string): Promise<void> {
    if (packages.length === 0) return;
    const { uv, installer, downloads } = this.host;
    const file = path.join(installer.given, 'locked.txt');
    const fetched = await downloads.fetch(packages.map((each) => ({ ...each, kind: 'pip' as const })));
    const lines = packages.map(
      ({ name, url, sha256 }) => `${name} @ ${fetched.get(url) ?? url} --hash=sha256:${sha256}\n`,
    );
    await writeFile(file, lines.join(''), { mode: 0o644 });
    const python = path.join(prefix, 'bin/python');
    const checked = ['--no-deps', '--require-hashes', '-r', file];
    const end =
      uv === undefined
        ? await this.#run(installer, python, [
            '-m',
            'pip',
            'install',
            '--quiet',
            '--disable-pip-version-check',
            '--no-input',
            '--no-compile',
            '--no-index',
            '--only-binary',
            ':all:',
            ...checked,
          ])
        : await this.#run(installer, uv, [
            'pip',
            'install',
            '--python',
            python,
            '--no-build',
            '--offline',
            '--no-index',
            ...uvWords(path.join(installer.folder, 'uv')),
            ...checked,
          ]);
    if (end.code === 0) return;
    const said = this.#said(end);
    throw new BuildError(
      'pip',
      said,
      packages
        .filter(({ name, url }) => said.includes(url) || nameIn(said, name))
        .map(({ name }) => ({ name, why: 'broken' })),
    );
  }

  async #byUv(
    uv: string,
    wanted: string,
    constraints: string,
    python: string,
    asked: readonly string[],
  ): Promise<PipLock> {
    const { pipIndex, finder, cache } = this.host;
    const words = [
      'pip',
      'compile',
      wanted,
      '--constraints',
      constraints,
      '--format',
      'pylock.toml',
      '--quiet',
      '--no-header',
      '--no-build',
      '--python-version',
      python,
    ];
    const end = await this.#run(withIndex(finder, 'UV_DEFAULT_INDEX', pipIndex), uv, [
      ...words,
      ...uvWords(path.join(cache, 'uv')),
    ]);
    if (end.code !== 0) throw this.#problem(end, asked);
    return wheelsOf(end.stdout).map((each) => ({
      ...each,
      name: nameOf(each.name),
      url: withoutCredentials(each.url),
    }));
  }

  async #byPip(constraints: string, python: string, asked: readonly string[]): Promise<PipLock> {
    const { program, finder, pipIndex } = this.host;
    const solver = path.join(finder.folder, 'solver');
    const made = await this.#run(finder, path.basename(program).startsWith('python') ? program : 'python3', [
      '-m',
      'venv',
      solver,
    ]);
    if (made.code !== 0) throw new BuildError('pip', this.#said(made));
    const words = [
      '-m',
      'pip',
      'install',
      '--dry-run',
      '--ignore-installed',
      '--quiet',
      '--disable-pip-version-check',
      '--no-input',
      '--only-binary',
      ':all:',
    ];
    const target = ['--python-version', python, '--target', path.join(finder.folder, 'target')];
    const end = await this.#run(
      withIndex(finder, 'PIP_INDEX_URL', pipIndex),
      path.join(solver, 'bin/python'),
      [...words, ...target, '--report', '-', '-c', constraints, '--', ...asked],
    );
    if (end.code !== 0) throw this.#problem(end, asked);
    return report
      .parse(JSON.parse(end.stdout))
      .install.map(({ download_info: { url, archive_info }, metadata: { name, version } }) => ({
        name: nameOf(name),
        version,
        url: withoutCredentials(url),
        sha256: archive_info.hashes.sha256,
        // pip does not report the size.
        size: 0,
      }));
  }

  async #run(user: ToolUser, program: string, words: readonly string[]): Promise<ToolEnd> {
    return await runTool(program, words, user, (line) => this.host.say(line));
  }

  #problem(end: ToolEnd, asked: readonly string[]): BuildError {
    const said = this.#said(end);
    const without = new Set([...said.matchAll(NO_WHEEL)].map(([, name = '']) => nameOf(name)));
    const names = asked.map(nameOf);
    // An index or network failure is not attributed to a package.
    if (!/No solution found|No matching distribution|conflict|ResolutionImpossible/i.test(said))
      return new BuildError('pip', said);
    return new BuildError(
      'pip',
      said,
      failedAt(said, names).map(({ name, why }) => ({
        name,
        why: without.has(name) ? 'not_installed' : why,
      })),
    );
  }

  #said({ stderr, code }: ToolEnd): string {
    return this.host.clean(stderr.trim() === '' ? `ended with exit code ${code}` : stderr);
  }
}

/** A URL may contain a password, so it is passed in the environment instead of on the command line. */
function withIndex(user: ToolUser, variable: string, index: string | undefined): ToolUser {
  return index === undefined ? user : { ...user, environment: { ...user.environment, [variable]: index } };
}

function uvWords(cache: string): string[] {
  return ['--no-config', '--no-progress', '--color', 'never', '--cache-dir', cache];
}

function nameIn(said: string, name: string): boolean {
  return (said.match(/[A-Za-z0-9_][A-Za-z0-9._-]*/g) ?? []).some((word) => nameOf(word) === name);
}
