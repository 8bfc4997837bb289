import { join, relative, resolve } from 'node:path';
import { durationName, durationOf, type Durations } from './durations.js';
import { imported } from './imports.js';
import { runsTogether } from './together.js';

const COMPILED = resolve(import.meta.dirname, '../..');
const TESTS = join(COMPILED, 'test');

/** Fixtures below `test/` that start another vendor's server or browser, or install programs. */
export const OTHER_SERVERS = [
  'console/fixtures/browser.js',
  'fixtures/conda/channel.js',
  'fixtures/conda/tools.js',
  'fixtures/dockerd.js',
  'fixtures/ferretdb.js',
  'fixtures/nats-server.js',
  'fixtures/registry.js',
];

/** Folders of tests that run third-party programs: client generators, compose, nginx and the like. */
const OTHER_PROGRAMS = ['bench/', 'clients/', 'deploy/'];

/** Fixture that imports every wiring but opens only the one that `MUSTER_TEST_WIRING` names. The default starts nothing but Muster. */
export const WIRINGS = 'fixtures/wiring/wiring.js';

/** Module that opens all of the databases that Muster uses itself. */
export const DATABASE = 'src/engine/sqlite.js';

/** `npm test` leaves out tests that took more seconds of processor time than this. `npm run test:all` runs them. */
const MAX_SECONDS = 3;

/** Tests of the main stories and of rights, which `npm test` runs although they take longer. */
export const ALWAYS = [
  'docs/documented-commands',
  'scenarios/blocked',
  'scenarios/durable',
  'scenarios/fifty-jobs',
  'scenarios/lifecycle',
  'scenarios/rollout',
  'src/http/access',
];

/** Whether the test at this path below `test/` takes too long for `npm test`. Tests of the domain, where all decisions are made, never do. */
export function isSlow(path: string, durations: Durations): boolean {
  const name = durationName(path);
  return (
    durationOf({ path }, durations) > MAX_SECONDS && !name.startsWith('domain/') && !ALWAYS.includes(name)
  );
}

/** Whether the test at this path below `test/` needs third-party servers or programs. */
export function needsOthers(path: string): boolean {
  if (OTHER_PROGRAMS.some((folder) => path.startsWith(folder))) return true;
  const reached = imported(join(TESTS, path), (file) => relative(TESTS, file) !== WIRINGS);
  return OTHER_SERVERS.some((fixture) => reached.has(join(TESTS, fixture)));
}

/** Whether the test at this path below `test/` is a unit test: it can share a process and loads no database. Agent tests wait for programs, so none is. */
export function isUnit(path: string): boolean {
  if (path.startsWith('agents/')) return false;
  const file = join(TESTS, path);
  return runsTogether(path, file) && !imported(file).has(join(COMPILED, DATABASE));
}
