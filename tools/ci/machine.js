import { existsSync } from 'node:fs';
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

/** Installs packages of Debian. */
export async function install(packages, seconds) {
  if (packages.length === 0) return;
  await run({
    name: 'apt',
    seconds,
    command: `apt-get update -qq -o Acquire::Retries=3 && apt-get install -y -qq -o Acquire::Retries=3 --no-install-recommends ${packages.join(' ')} >/dev/null`,
  });
}

/** Whether a program is installed. */
export function found(program) {
  const folders = [...(process.env.PATH ?? '').split(':'), ...MORE_FOLDERS].filter((folder) => folder !== '');
  return folders.some((folder) => existsSync(join(folder, program)));
}
