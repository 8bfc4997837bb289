// Installs what any test needs, on Debian 12 as root: docs/testing.md lists it. The gate needs only a part (tools/ci/machine.js).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { found, GATE, install, installMachineParts } from './ci/machine.js';
import { run } from './ci/steps.js';

/** Programs that `npm run test:all` and the generated clients need, and the Debian packages that contain them. */
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
/** Maximum seconds of each installation. */
const SECONDS = 30 * 60;

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
    seconds: SECONDS,
    command: `cd ${folder} && apt-get download -qq ${name} && dpkg -x ${name}_*.deb . && install ${path} /usr/local/bin/`,
  });
  rmSync(folder, { recursive: true, force: true });
}

if (!hasVirtualEnvironments()) await install(['python3-venv'], SECONDS);
const problems = await installMachineParts(ALL, SECONDS);
for (const [program, [path, name]] of Object.entries(ALONE)) {
  if (!found(program)) await installAlone(path, name);
  if (!found(program)) problems.push(`${program} is missing (package ${name})`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
