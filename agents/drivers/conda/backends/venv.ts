import { nameOf, type Lock } from '#domain/drivers/conda/index.js';
import { BuildError } from '../tools/build-error.js';
import { runTool, type ToolEnd, type ToolUser } from '../tools/tool.js';
import type { BackEnd, BackEndHost, Wanted } from './back-end.js';
import { lockOf } from './lock-of.js';
import { PipInstaller } from './pip-installer.js';
import { pipOf, pythonFits } from './pip-spec.js';

export class Venv implements BackEnd {
  readonly #pip: PipInstaller;

  constructor(private readonly host: BackEndHost) {
    this.#pip = new PipInstaller(host);
  }

  async solve({ specs, pip, base }: Wanted): Promise<Lock> {
    const { platform, finder } = this.host;
    const python = await this.#python(finder);
    for (const spec of specs.filter((each) => nameOf(each) === 'python'))
      if (!pythonFits(spec, python))
        throw new BuildError('solve', `${spec} is not available: this node has Python ${python}`, [
          { name: 'python', why: 'not_found' },
        ]);
    const asked = [...specs.filter((each) => nameOf(each) !== 'python').map(pipOf), ...pip];
    const found = await this.#found(asked, python, base);
    return lockOf({ platform, channels: [], found: [], pip: found, python });
  }

  async install(lock: Lock, prefix: string): Promise<void> {
    const { program, uv, installer } = this.host;
    const python = await this.#python(installer);
    if (lock.packages.length > 0)
      throw new BuildError(
        'install',
        'the lock has conda packages, but this node only creates virtual environments',
      );
    if (minor(lock.python) !== minor(python))
      throw new BuildError(
        'install',
        `the lock is for Python ${lock.python ?? ''}, but this node has ${python}`,
        [{ name: 'python', why: 'not_found' }],
      );
    const made =
      uv === undefined
        ? await this.#run(installer, program, ['-m', 'venv', prefix])
        : await this.#run(installer, uv, [
            'venv',
            '--quiet',
            '--no-config',
            '--no-project',
            '--allow-existing',
            '--python',
            program,
            prefix,
          ]);
    if (made.code !== 0) throw new BuildError('install', this.host.clean(made.stderr || made.stdout));
    await this.#pip.install(lock.pip, prefix);
  }

  async close(): Promise<void> {
    // Each command exits on its own.
  }

  /** Prefers the existing versions. They are ignored only if there is no solution otherwise. */
  async #found(asked: readonly string[], python: string, base: Lock | undefined): Promise<Lock['pip']> {
    if (base === undefined || base.pip.length === 0) return await this.#pip.solve(asked, python);
    const kept = base.pip.map(({ name, version }) => `${name}==${version}`);
    try {
      return await this.#pip.solve(asked, python, [], kept);
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      this.host.say('Not all packages can keep their versions');
      return await this.#pip.solve(asked, python);
    }
  }

  async #python(user: ToolUser): Promise<string> {
    const { code, stdout, stderr } = await this.#run(user, this.host.program, [
      '-I',
      '-S',
      '-c',
      'import sys; print("%d.%d.%d" % sys.version_info[:3])',
    ]);
    if (code !== 0) throw new BuildError('solve', this.host.clean(stderr));
    return stdout.trim();
  }

  async #run(user: ToolUser, program: string, words: readonly string[]): Promise<ToolEnd> {
    return await runTool(program, words, user, (line) => this.host.say(line));
  }
}

function minor(version: string | undefined): string | undefined {
  return version?.split('.').slice(0, 2).join('.');
}
