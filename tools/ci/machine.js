import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './steps.js';

/** Programs that the tests need, and the Debian packages that contain them. */
const PROGRAMS = {
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
  'redis-server': 'redis-server',
  'nats-server': 'nats-server',
  'docker-compose': 'docker-compose',
  debootstrap: 'debootstrap',
  curl: 'curl',
  openssl: 'openssl',
  'systemd-analyze': 'systemd',
  javac: 'openjdk-17-jdk-headless',
  mvn: 'maven',
  chromium: 'chromium',
};
/** Programs that are unpacked without installing their package, which would start a service: path in the package, and package. */
const ALONE = { promtool: ['usr/bin/promtool', 'prometheus'], nginx: ['usr/sbin/nginx', 'nginx'] };
/** Debian's folders for programs that only root or PostgreSQL's own tools run. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/lib/postgresql/15/bin'];

/** Installs missing programs. Returns a problem for each one that could not be installed. */
export async function installMachineParts() {
  const missing = Object.keys(PROGRAMS).filter((program) => !found(program));
  const packages = missing.map((program) => PROGRAMS[program]);
  if (!hasVirtualEnvironments()) packages.push('python3-venv');
  if (packages.length > 0)
    await run({
      name: 'apt',
      command: `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${packages.join(' ')} >/dev/null`,
    });
  for (const [program, [path, name]] of Object.entries(ALONE))
    if (!found(program)) await installAlone(path, name);
  const absent = [...Object.keys(PROGRAMS), ...Object.keys(ALONE)].filter((program) => !found(program));
  const problems = absent.map(
    (program) => `${program} is missing (package ${PROGRAMS[program] ?? ALONE[program][1]})`,
  );
  if (!found('go'))
    problems.push(
      'go is missing; it is required to build FerretDB, nats-server and an image registry (test/parts)',
    );
  return problems;
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

async function installAlone(path, name) {
  const folder = mkdtempSync(join(tmpdir(), 'muster-package-'));
  await run({
    name,
    command: `cd ${folder} && apt-get download -qq ${name} && dpkg -x ${name}_*.deb . && install ${path} /usr/local/bin/`,
  });
  rmSync(folder, { recursive: true, force: true });
}

function found(program) {
  const folders = [...(process.env.PATH ?? '').split(':'), ...MORE_FOLDERS].filter((folder) => folder !== '');
  return folders.some((folder) => existsSync(join(folder, program)));
}
