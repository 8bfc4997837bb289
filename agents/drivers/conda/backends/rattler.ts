import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { z } from 'zod';
import { nameOf, packageUrl, type Lock } from '#domain/drivers/conda/index.js';
import { BuildError } from '../tools/build-error.js';
import { ended, sayLines, startTool } from '../tools/tool.js';
import type { BackEnd, BackEndHost, Wanted } from './back-end.js';
import { failedAt } from './failed-packages.js';
import { lockOf, type FoundPackage } from './lock-of.js';
import { withPip } from './with-pip.js';
import { PipInstaller } from './pip-installer.js';
import { RATTLER_SCRIPT } from './rattler-script.js';

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
const refused = z.object({ error: z.string(), kind: z.string() });

/** Solves and links by `py-rattler` (0.28 or newer), in a Python that has it. Scripts of packages are never run. */
export class Rattler implements BackEnd {
  readonly #host: BackEndHost;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #errors: () => string;
  readonly #ended: Promise<number>;

  constructor(host: BackEndHost) {
    this.#host = host;
    this.#child = startTool(host.program, ['-I', '-c', RATTLER_SCRIPT], host.user);
    this.#child.stdin.on('error', () => undefined);
    this.#ended = ended(this.#child);
    this.#errors = sayLines(this.#child, (line) => host.say(line));
    this.#reader = createInterface({ input: this.#child.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async solve({ specs, pip, channels, base }: Wanted): Promise<Lock> {
    const { platform, cache } = this.#host;
    const question = { op: 'solve', platform, channels, specs, base: base?.packages ?? [], cache: path.join(cache, 'repodata') };
    const answer = await this.#ask(question, (said, kind) => new BuildError('solve', said, kind === 'SolverError' ? failedAt(said, specs.map(nameOf)) : []));
    const found: FoundPackage[] = solved.parse(answer).packages;
    const lock = lockOf({ platform, channels, found });
    return pip.length === 0 ? lock : await withPip(lock, pip, base, new PipInstaller(this.#host));
  }

  async install(lock: Lock, prefix: string, { specs }: Wanted): Promise<void> {
    const { platform, packages } = this.#host;
    const wanted = lock.packages.map((each) => {
      const url = packageUrl(lock, each);
      return { ...each, url, file: path.posix.basename(url) };
    });
    const caches = [packages.own, packages.shared];
    await this.#ask({ op: 'install', platform, prefix, caches, packages: wanted }, (said) => {
      const named = specs.map(nameOf).filter((name) => said.toLowerCase().includes(name));
      return new BuildError(
        /fetch|download|hash|extract|unpack|read|open/i.test(said) ? 'fetch' : 'install',
        said,
        named.map((name) => ({ name, why: 'broken' })),
      );
    });
    await new PipInstaller(this.#host).install(lock.pip, prefix);
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
    this.#reader.close();
  }

  async #ask(question: object, problem: (said: string, kind: string) => BuildError): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) {
      const code = await this.#ended;
      throw problem(`${this.#errors()}\n${this.#host.program} ended with exit code ${code}`, 'ended');
    }
    const answer: unknown = JSON.parse(value);
    const { data } = refused.safeParse(answer);
    if (data === undefined) return answer;
    throw problem(this.#host.clean(data.error), data.kind);
  }
}
