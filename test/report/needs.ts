import { join, relative, resolve } from 'node:path';
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

/**
 * Tests that take more than ten seconds of processor time each: they kill servers many times, run hundreds of tasks, or call every operation. Together they
 * take a third of the time of all tests that start no other server. `npm test` leaves them to `npm run test:all`.
 */
export const SLOW = [
  'agents/main.killed.test.js',
  'agents/runner/retention.test.js',
  'scenarios/cut-stream.test.js',
  'scenarios/event-store-away.test.js',
  'scenarios/gpu-claims.test.js',
  'scenarios/http-only-agent.test.js',
  'scenarios/many-logins.test.js',
  'scenarios/node-silent.test.js',
  'scenarios/other-log.test.js',
  'scenarios/process.test.js',
  'scenarios/read-models-deleted.test.js',
  'scenarios/restored.test.js',
  'scenarios/server-killed.test.js',
  'scenarios/store-killed.test.js',
  'scenarios/task-apply.test.js',
  'scenarios/task-notices.test.js',
  'scenarios/tasks.test.js',
  'scenarios/three-hundred-tasks.test.js',
  'scenarios/two-schedulers.test.js',
  'src/cli/accounts/user.test.js',
  'src/cli/program.commands.test.js',
  'src/engine/event-store/esdb/esdb-event-store.faults.test.js',
  'src/engine/event-store/sqlite/sqlite-event-store.killed.test.js',
  'src/engine/read-models/sqlite/sqlite-read-models.test.js',
  'src/fleet/tasks/work.test.js',
  'src/surfaces/environments/routes/tasks.test.js',
  'src/surfaces/kit/documents.bodies.test.js',
];

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
