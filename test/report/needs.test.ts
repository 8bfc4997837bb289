import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { everyUserRuns, ordinary, unit } from '../suites.js';
import { DATABASE, isUnit, needsOthers, OTHER_SERVERS, SLOW, WIRINGS } from './needs.js';

const COMPILED = resolve(import.meta.dirname, '../..');
const TESTS = join(COMPILED, 'test');

void t.test('every file in a rule exists', async (t) => {
  for (const path of [...OTHER_SERVERS, WIRINGS, ...SLOW])
    t.ok(existsSync(join(TESTS, '../../test', path.replace(/\.js$/, '.ts'))), path);
  t.ok(existsSync(join(COMPILED, DATABASE)), DATABASE);
});

void t.test('classifies tests by the servers that they start', async (t) => {
  for (const path of [
    'scenarios/agent-killed.test.js',
    'scenarios/production/outages.test.js',
    'agents/drivers/conda/builds.test.js',
    'src/engine/read-models/mongodb/lease.fencing.test.js',
    'src/fleet/nodes/nats/serve-agents.test.js',
    'deploy/nginx.test.js',
  ])
    t.ok(needsOthers(path), path);
  for (const path of [
    'scenarios/durable.test.js',
    'scenarios/lifecycle.test.js',
    'docs/eventstoredb.test.js',
  ])
    t.notOk(needsOthers(path), path);
  t.ok(isUnit('domain/jobs/job/decider.test.js'));
  t.notOk(
    isUnit('src/surfaces/services/routes/services.test.js'),
    'a test that opens a database is not a unit test',
  );
  t.notOk(isUnit('scenarios/durable.test.js'), 'a test that starts servers is not a unit test');
});

void t.test(
  'each set of tests contains the previous one, and the last contains the slow tests',
  async (t) => {
    const paths = (files: readonly { readonly path: string }[]) => new Set(files.map(({ path }) => path));
    const [small, middle, all] = [paths(unit()), paths(everyUserRuns()), paths(ordinary())];
    t.ok(small.size > 200 && middle.size > small.size && all.size > middle.size);
    t.same(
      [...small].filter((path) => !middle.has(path)),
      [],
    );
    t.same(
      [...middle].filter((path) => !all.has(path)),
      [],
    );
    for (const path of SLOW) t.ok(all.has(join(TESTS, path)), path);
  },
);
