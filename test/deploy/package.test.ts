import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ownFolder } from '../fixtures/folder.js';
import { runToEnd } from '../fixtures/program.js';
import { ROOT } from './compose-file.js';

t.setTimeout(600_000);

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

const MADE_OF = [
  'package.json',
  'package-lock.json',
  'README.md',
  'bundle',
  'deploy',
  'docs',
  'examples',
  'openapi',
];

/** The package is built from a copy, so that the build does not change files that other tests run. */
void t.test('the installed package is the complete program with the locked versions', async (t) => {
  const folder = ownFolder(t);
  const [checkout, elsewhere] = [join(folder, 'checkout'), join(folder, 'elsewhere')];
  for (const name of MADE_OF) cpSync(join(ROOT, name), join(checkout, name), { recursive: true });
  mkdirSync(elsewhere);
  const run = async (
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> => {
    const { code, stdout, stderr } = await runToEnd({
      command: 'env',
      args: ['-C', elsewhere, command, ...args],
      env,
    });
    t.equal(code, 0, `${command} ${args.join(' ')}: ${stderr}`);
    return stdout;
  };

  for (const step of ['prepack', 'pack', 'postpack'])
    await run(
      'npm',
      step === 'pack'
        ? ['pack', checkout, '--ignore-scripts', '--silent']
        : ['run', '--silent', '--prefix', checkout, step],
    );
  t.notOk(existsSync(join(checkout, 'npm-shrinkwrap.json')), 'no shrinkwrap file is left in the checkout');
  const installed = join(folder, 'installed');
  mkdirSync(installed);
  await run('tar', [
    '--extract',
    '--file',
    'muster-0.1.0.tgz',
    '--strip-components=1',
    '--directory',
    installed,
  ]);
  await run('npm', [
    'ci',
    '--prefix',
    installed,
    '--omit=dev',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
  ]);
  // Copies the compiled addon, because compiling it takes a minute.
  cpSync(
    join(ROOT, 'node_modules/better-sqlite3/build'),
    join(installed, 'node_modules/better-sqlite3/build'),
    { recursive: true },
  );
  symlinkSync(join(installed, 'bundle/src/cli/main.js'), join(folder, 'muster'));

  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  let compared = 0;
  for (const [path, { version, dev, optional }] of Object.entries(packages)) {
    const file = join(installed, path, 'package.json');
    if (path === '' || optional === true) continue;
    if (dev === true) {
      t.notOk(existsSync(file), `${path} is left out`);
      continue;
    }
    compared += 1;
    t.equal((JSON.parse(readFileSync(file, 'utf8')) as Locked).version, version, path);
  }
  t.ok(compared > 50, `${compared} packages`);
  for (const name of [
    'deploy/systemd/muster-server.service',
    'deploy/nginx/muster.conf',
    'docs/install.md',
    'openapi/cluster.json',
  ])
    t.ok(existsSync(join(installed, name)), name);
  t.notOk(existsSync(join(installed, 'dist')), 'the unbundled modules and tests are not installed');

  const muster = join(folder, 'muster');
  t.match(await run(muster, ['version']), '0.1.0');
  t.match(await run(muster, ['completion', 'bash']), 'complete -o filenames -F _muster muster');
  t.match(
    await run(muster, ['demo'], { DOCKER_HOST: 'unix:///nowhere/docker.sock' }),
    /\| Hello from .*, process \d+/,
  );
});
