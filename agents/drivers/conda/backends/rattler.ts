import path from 'node:path';
import { z } from 'zod';
import { nameOf, packageUrl, type Lock } from '#domain/drivers/conda/index.js';
import { BuildError } from '../tools/build-error.js';
import type { ToolUser } from '../tools/tool.js';
import type { BackEnd, BackEndHost, Wanted } from './back-end.js';
import { failedAt } from './failed-packages.js';
import { lockOf, type FoundPackage } from './lock-of.js';
import { withPip } from './with-pip.js';
import { PipInstaller } from './pip-installer.js';
import { RattlerProcess } from './rattler-process.js';

const solved = z.object({
  packages: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      build: z.string(),
      subdir: z.string(),
      file: z.string(),
      url: z.string(),
      sha256: z.string().nullable(),
      size: z.number().nullable(),
    }),
  ),
});

/** Resolves and links packages with `py-rattler` (0.28 or newer). Never runs package scripts. */
export class Rattler implements BackEnd {
  readonly #open: RattlerProcess[] = [];

  constructor(private readonly host: BackEndHost) {}

  async solve({ specs, pip, channels, base }: Wanted): Promise<Lock> {
    const { platform, cache, finder } = this.host;
    const question = {
      op: 'solve',
      platform,
      channels,
      specs,
      base: base?.packages ?? [],
      cache: path.join(cache, 'repodata'),
    };
    const answer = await this.#as(finder).ask(
      question,
      (said, kind) =>
        new BuildError('solve', said, kind === 'SolverError' ? failedAt(said, specs.map(nameOf)) : []),
    );
    const found: FoundPackage[] = solved.parse(answer).packages;
    const lock = lockOf({ platform, channels, found });
    return pip.length === 0 ? lock : await withPip(lock, pip, base, new PipInstaller(this.host));
  }

  async install(lock: Lock, prefix: string, { specs }: Wanted): Promise<void> {
    const { platform, packages, installer, downloads } = this.host;
    const urls = lock.packages.map((each) => ({ each, url: packageUrl(lock, each) }));
    const lent = packages.lend(
      lock.packages.map(({ name, version, build, sha256 }) => ({
        name: `${name}-${version}-${build}`,
        sha256,
      })),
    );
    const missing = urls.filter(
      ({ each: { name, version, build } }) => !lent.has(`${name}-${version}-${build}`),
    );
    const fetched = await downloads.fetch(
      missing.map(({ each: { name, sha256, size }, url }) => ({
        name,
        url,
        sha256,
        size,
        kind: 'conda' as const,
      })),
    );
    const wanted = urls.map(({ each, url }) => ({
      ...each,
      url: fetched.get(url) ?? url,
      file: path.posix.basename(url),
    }));
    await this.#as(installer).ask(
      { op: 'install', platform, prefix, cache: packages.own, packages: wanted },
      (said) => {
        const named = specs.map(nameOf).filter((name) => said.toLowerCase().includes(name));
        return new BuildError(
          /\b(?:fetch|download|hash|extract|unpack|read|open)/i.test(said) ? 'fetch' : 'install',
          said,
          named.map((name) => ({ name, why: 'broken' })),
        );
      },
    );
    packages.keep();
    await new PipInstaller(this.host).install(lock.pip, prefix);
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((each) => each.close()));
  }

  /** The finder and the installer never share a process, because the installer must not be able to modify the finder's cache. */
  #as(user: ToolUser): RattlerProcess {
    const process = new RattlerProcess(this.host, user);
    this.#open.push(process);
    return process;
  }
}
