import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './steps.js';

/** Programs that the gate needs, and the Debian packages that contain them. */
export const GATE = {
  dockerd: 'docker.io',
  iptables: 'iptables',
  busybox: 'busybox-static',
  strace: 'strace',
  flock: 'util-linux',
  'g++': 'g++',
  make: 'make',
  python3: 'python3',
  git: 'git',
  initdb: 'postgresql',
  openssl: 'openssl',
  chromium: 'chromium',
};
/** Programs that `npm run test:all` and the generated clients need as well. */
const ALL = {
  ...GATE,
  'redis-server': 'redis-server',
  'nats-server': 'nats-server',
  'docker-compose': 'docker-compose',
  debootstrap: 'debootstrap',
  curl: 'curl',
  'systemd-analyze': 'systemd',
  javac: 'openjdk-17-jdk-headless',
  mvn: 'maven',
};
/** Programs that are unpacked without installing their package, which would start a service: path in the package, and package. */
const ALONE = { promtool: ['usr/bin/promtool', 'prometheus'], nginx: ['usr/sbin/nginx', 'nginx'] };
/** Debian's folders for programs that only root or PostgreSQL's own tools run. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/lib/postgresql/15/bin'];

/** Installs missing programs. Returns a problem for each one that could not be installed. */
export async function installMachineParts(programs, seconds) {
  const missing = Object.keys(programs).filter((program) => !found(program));
  await install(
    missing.map((program) => programs[program]),
    seconds,
  );
  const problems = Object.keys(programs)
    .filter((program) => !found(program))
    .map((program) => `${program} is missing (package ${programs[program]})`);
  if (!found('go'))
    problems.push(
      'go is missing; it is required to build FerretDB, nats-server and an image registry (test/parts)',
    );
  return problems;
}

async function install(packages, seconds) {
  if (packages.length === 0) return;
  await run({
    name: 'apt',
    seconds,
    command: `apt-get update -qq -o Acquire::Retries=3 && apt-get install -y -qq -o Acquire::Retries=3 --no-install-recommends ${packages.join(' ')} >/dev/null`,
  });
}

/** Installs everything that any test needs. */
async function installAll() {
  const seconds = 30 * 60;
  if (!hasVirtualEnvironments()) await install(['python3-venv'], seconds);
  const problems = await installMachineParts(ALL, seconds);
  for (const [program, [path, name]] of Object.entries(ALONE)) {
    if (!found(program)) await installAlone(path, name, seconds);
    if (!found(program)) problems.push(`${program} is missing (package ${name})`);
  }
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

/** Debian leaves the modules for virtual environments out of its Python package. */
function hasVirtualEnvironments() {
  try {
    execFileSync('python3', ['-c', 'import ensurepip, venv'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function installAlone(path, name, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'muster-package-'));
  await run({
    name,
    seconds,
    command: `cd ${folder} && apt-get download -qq ${name} && dpkg -x ${name}_*.deb . && install ${path} /usr/local/bin/`,
  });
  rmSync(folder, { recursive: true, force: true });
}

function found(program) {
  const folders = [...(process.env.PATH ?? '').split(':'), ...MORE_FOLDERS].filter((folder) => folder !== '');
  return folders.some((folder) => existsSync(join(folder, program)));
}

// `node tools/ci/machine.js` prepares a machine for every test.
if (process.argv[1] === import.meta.filename) await installAll();
