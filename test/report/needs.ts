import { join, relative, resolve } from 'node:path';
import { imported } from './imports.js';
import { runsTogether } from './together.js';

const COMPILED = resolve(import.meta.dirname, '../..');
const TESTS = join(COMPILED, 'test');

/** Fixtures that start a server of another vendor, or install programs: below `test/`. */
export const OTHER_SERVERS = [
  'fixtures/conda/channel.js',
  'fixtures/conda/tools.js',
  'fixtures/dockerd.js',
  'fixtures/ferretdb.js',
  'fixtures/nats-server.js',
  'fixtures/registry.js',
];

/** Tests here run the programs of others: generators of clients, compose, nginx and the like. */
const OTHER_PROGRAMS = ['bench/', 'clients/', 'deploy/'];

/** Imports every wiring, and opens the one that `MUSTER_TEST_WIRING` names: the default starts nothing but Muster. */
export const WIRINGS = 'fixtures/wiring/wiring.js';

/** Opens every database of Muster. */
export const DATABASE = 'src/engine/sqlite.js';

/**
 * Tests that take more than ten seconds of processor time each, and a third of the time of all that start no other server: they kill servers many times,
 * run hundreds of tasks, or call every operation. `npm test` leaves them to `npm run test:all`.
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

/** Whether the test at this path below `test/` needs servers or programs of others. */
export function needsOthers(path: string): boolean {
  if (OTHER_PROGRAMS.some((folder) => path.startsWith(folder))) return true;
  const reached = imported(join(TESTS, path), (file) => relative(TESTS, file) !== WIRINGS);
  return OTHER_SERVERS.some((fixture) => reached.has(join(TESTS, fixture)));
}

/** Whether the test at this path below `test/` is about functions: it shares its process with others and loads no database. Those of the agent wait for programs. */
export function isUnit(path: string): boolean {
  if (path.startsWith('agents/')) return false;
  const file = join(TESTS, path);
  return runsTogether(path, file) && !imported(file).has(join(COMPILED, DATABASE));
}
