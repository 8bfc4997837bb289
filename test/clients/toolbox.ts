import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PATIENCE } from '../fixtures/eventually.js';
import { plainEnvironment } from '../fixtures/program.js';

/** Source folder with the pinned versions and the driver programs. The compiled folder does not have them. */
export const HERE = resolve(import.meta.dirname, '../../../test/clients');
const BUILD = join(HERE, 'build');
const MINUTES = 60_000;

interface Tool {
  /** Programs that the machine must have. */
  readonly needs: readonly string[];
  /** Files below `test/clients` that pin every version. A change of their text causes a new installation. */
  readonly pins: readonly string[];
  /** Returns the commands that fill the folder, in order. */
  install(folder: string): readonly (readonly string[])[];
}

const TOOLS = {
  java: {
    needs: ['mvn', 'javac'],
    pins: ['java/pom.xml'],
    install: (folder) => [
      [
        'mvn',
        '-B',
        '-q',
        '-C',
        '-f',
        join(HERE, 'java/pom.xml'),
        `-Dmaven.repo.local=${join(BUILD, 'maven')}`,
        `-DoutputDirectory=${folder}`,
        'dependency:copy-dependencies',
      ],
    ],
  },
  python: {
    needs: ['python3'],
    pins: ['python/requirements.txt'],
    install: (folder) => [
      ['python3', '-m', 'venv', folder],
      [
        join(folder, 'bin/python'),
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--no-deps',
        '--requirement',
        join(HERE, 'python/requirements.txt'),
      ],
    ],
  },
  go: {
    needs: ['go'],
    pins: ['go/go.mod', 'go/go.sum'],
    install: (folder) => [
      [
        'go',
        '-C',
        join(HERE, 'go'),
        'build',
        '-o',
        `${folder}/`,
        'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen',
      ],
    ],
  },
  // A separate Go module, so that its dependencies do not affect the versions that oapi-codegen clients get.
  ogen: {
    needs: ['go'],
    pins: ['ogen/go.mod', 'ogen/go.sum'],
    install: (folder) => [
      ['go', '-C', join(HERE, 'ogen'), 'build', '-o', `${folder}/`, 'github.com/ogen-go/ogen/cmd/ogen'],
    ],
  },
} as const satisfies Readonly<Record<string, Tool>>;

export type ToolName = keyof typeof TOOLS;
export const TOOL_NAMES = Object.keys(TOOLS) as ToolName[];

/** File in the folder of a tool that was installed to the end. An installation may be interrupted at any moment. */
const COMPLETE = 'installed';

/** Returns the folder of an installed tool, or undefined. */
export function installed(name: ToolName): string | undefined {
  const folder = place(name);
  return existsSync(join(folder, COMPLETE)) ? folder : undefined;
}

/** Installs a tool if it is missing. Returns the reason if that failed. */
export async function install(name: ToolName): Promise<string | undefined> {
  if (installed(name) !== undefined) return undefined;
  const { needs, install: commands }: Tool = TOOLS[name];
  for (const program of needs) if (!(await has(program))) return `${program} is missing on this machine`;
  // A virtual environment contains its own path, so it cannot be renamed into place.
  const folder = name === 'python' ? place(name) : `${place(name)}.new`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    for (const command of commands(folder)) await run(command, { minutes: 4 });
    writeFileSync(join(folder, COMPLETE), '');
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return `it could not be installed: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (folder === place(name)) return undefined;
  rmSync(place(name), { recursive: true, force: true });
  renameSync(folder, place(name));
  return undefined;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Timeout on an idle machine. Default 2. */
  readonly minutes?: number;
}

/** Runs a command and returns its standard output. If it fails, throws an error with all of its output. */
export async function run(
  [command = '', ...args]: readonly string[],
  { cwd, env, minutes = 2 }: RunOptions = {},
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      cwd,
      env: { ...plainEnvironment(), ...env },
      timeout: minutes * MINUTES * PATIENCE,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(
      `${[command, ...args].join(' ').slice(0, 500)} failed:\n${`${stdout}${stderr}`.slice(-6_000)}`,
      { cause: error },
    );
  }
}

function place(name: ToolName): string {
  const hash = createHash('sha256');
  for (const pin of TOOLS[name].pins) hash.update(readFileSync(join(HERE, pin)));
  return join(BUILD, `${name}-${hash.digest('hex').slice(0, 12)}`);
}

async function has(program: string): Promise<boolean> {
  return await run(['sh', '-c', 'command -v "$1"', 'sh', program]).then(
    () => true,
    () => false,
  );
}
