import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { everyUserRuns, FLAKY, ordinary, unit } from '../suites.js';
import { readDurations } from './durations.js';
import { ALWAYS, DATABASE, isSlow, isUnit, needsOthers, OTHER_SERVERS, WIRINGS } from './needs.js';

const COMPILED = resolve(import.meta.dirname, '../..');
const TESTS = join(COMPILED, 'test');

const testsNamed = (names: readonly string[]): string[] => names.map((name) => `${name}.test.js`);

void t.test('every file in a rule exists', async (t) => {
  const durations = Object.keys(readDurations()).map((name) => name.replace(/^.*: /, ''));
  const tests = testsNamed([...ALWAYS, ...durations, ...FLAKY.map(({ file }) => file)]);
  for (const path of [...OTHER_SERVERS, WIRINGS, ...tests])
    t.ok(existsSync(join(TESTS, '../../test', path.replace(/\.js$/, '.ts'))), path);
  t.ok(existsSync(join(COMPILED, DATABASE)), DATABASE);
});

void t.test('classifies tests by the servers that they start', async (t) => {
  for (const path of [
    'scenarios/agent-killed.test.js',
    'scenarios/production/outages.test.js',
    'agents/drivers/conda/builds.test.js',
    'src/stores/mongodb/lease.fencing.test.js',
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
  'each set of tests contains the previous one, and only the last contains slow and flaky tests',
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
    const left = testsNamed([
      ...Object.keys(readDurations()).filter((name) => !name.includes(': ') && isSlow(name, readDurations())),
      ...FLAKY.map(({ file }) => file),
    ]);
    t.ok(left.length > 50, 'slow tests were found');
    for (const path of left) {
      t.ok(all.has(join(TESTS, path)), path);
      t.notOk(middle.has(join(TESTS, path)), path);
    }
  },
);

void t.test('the list of flaky tests is short, and each entry has a date and a sentence', async (t) => {
  t.ok(FLAKY.length <= 15);
  for (const { file, test, first, cause } of FLAKY)
    t.ok(
      [file, test, cause].every((text) => text.trim() !== '') && /^\d{4}-\d{2}-\d{2}$/.test(first),
      `${file} > ${test}`,
    );
});
