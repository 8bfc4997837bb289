import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { condaNameOf, nameOf, packageUrl, type Lock } from '#domain/drivers/conda/index.js';
import { BuildError } from '../tools/build-error.js';
import { runTool, type ToolEnd, type ToolUser } from '../tools/tool.js';
import type { BackEnd, BackEndHost, Wanted } from './back-end.js';
import { plannedOf, parseOutput, messagesOf } from './command-output.js';
import { failedAt } from './failed-packages.js';
import { lockOf } from './lock-of.js';
import { PipInstaller } from './pip-installer.js';
import { withPip } from './with-pip.js';

/**
 * Runs micromamba, mamba or conda. The options used here are the same for all three. The exit code takes precedence over the JSON output, because
 * some programs report `success` and fail, or report nothing. Root prefix, package cache and settings belong to this build only, because package
 * scripts run with access to them.
 */
export class CommandLine implements BackEnd {
  readonly #pip: PipInstaller;
  readonly #finder: ToolUser;
  readonly #installer: ToolUser;

  constructor(private readonly host: BackEndHost) {
    this.#pip = new PipInstaller(host);
    this.#finder = withSettings(host.finder, path.join(host.cache, 'packages'));
    this.#installer = withSettings(host.installer, host.packages.own);
  }

  async solve({ specs, pip, channels, base }: Wanted): Promise<Lock> {
    const versions = new Map(base?.packages.map(({ name, version }) => [condaNameOf(name), version]));
    const held = specs.map((spec) =>
      /^[\w.-]+$/.test(spec) && versions.has(condaNameOf(spec))
        ? `${spec}==${versions.get(condaNameOf(spec)) ?? ''}`
        : spec,
    );
    const found = await this.#solved(held, channels).catch(async (error: unknown) => {
      if (!(error instanceof BuildError) || held.join() === specs.join()) throw error;
      return await this.#solved(specs, channels);
    });
    const lock = lockOf({ platform: this.host.platform, channels, found });
    return pip.length === 0 ? lock : await withPip(lock, pip, base, this.#pip);
  }

  async install(lock: Lock, prefix: string, { specs }: Wanted): Promise<void> {
    const list = path.join(this.#installer.given, 'explicit.txt');
    const wanted = lock.packages.map((each) => ({
      name: each.name,
      url: packageUrl(lock, each),
      sha256: each.sha256,
      size: each.size,
      kind: 'conda' as const,
    }));
    const fetched = await this.host.downloads.fetch(wanted);
    const urls = wanted.map(({ url }) => fetched.get(url) ?? url);
    await writeFile(list, ['@EXPLICIT', ...urls, ''].join('\n'), { mode: 0o644 });
    const end = await this.#run(this.#installer, ['create', '-y', '--json', '-p', prefix, '--file', list]);
    if (end.code !== 0) {
      const said = this.#said(end);
      const named = specs.map(nameOf).filter((name) => said.toLowerCase().includes(name));
      throw new BuildError(
        'install',
        said,
        named.map((name) => ({ name, why: 'broken' })),
      );
    }
    await this.#pip.install(lock.pip, prefix);
  }

  async close(): Promise<void> {
    // Each command exits on its own.
  }

  async #solved(specs: readonly string[], channels: readonly string[]) {
    const from = channels.flatMap((channel) => ['-c', channel]);
    const end = await this.#run(this.#finder, [
      'create',
      '-y',
      '--json',
      '--dry-run',
      '-p',
      path.join(this.#finder.folder, 'planned'),
      '--override-channels',
      ...from,
      '--',
      ...specs,
    ]);
    const answer = parseOutput(end.stdout);
    if (end.code !== 0 || answer?.['success'] === false) {
      const said = this.#said(end);
      throw new BuildError('solve', said, isOfSolver(said) ? failedAt(said, specs.map(nameOf)) : []);
    }
    const planned = answer === undefined ? undefined : plannedOf(answer);
    if (planned === undefined)
      throw new BuildError(
        'solve',
        `${path.basename(this.host.program)} printed output that cannot be parsed: ${this.#said(end)}`,
      );
    return planned;
  }

  async #run(user: ToolUser, words: readonly string[]): Promise<ToolEnd> {
    return await runTool(this.host.program, words, user, (line) => this.host.say(line));
  }

  #said({ code, stdout, stderr }: ToolEnd): string {
    const words = messagesOf(parseOutput(stdout));
    const parts = [...words, stderr.trim()].filter((part) => part !== '');
    return this.host.clean(
      [...parts, `${path.basename(this.host.program)} ended with exit code ${code}`].join('\n'),
    );
  }
}

function withSettings(user: ToolUser, packages: string): ToolUser {
  const at = (name: string): string => path.join(user.folder, name);
  const environment = {
    ...user.environment,
    MAMBA_ROOT_PREFIX: at('root'),
    CONDA_PKGS_DIRS: packages,
    CONDARC: at('condarc'),
    MAMBA_NO_BANNER: '1',
  };
  return { ...user, environment };
}

/** Returns whether packages cannot be satisfied, as opposed to a failure of a channel, the network or the program. */
function isOfSolver(said: string): boolean {
  return /nothing provides|PackagesNotFound|does not exist|Could not solve|Unsatisfiable|conflict|incompatible|not available from current channels|can be installed/i.test(
    said,
  );
}
