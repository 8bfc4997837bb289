import { join, resolve } from 'node:path';
import t from 'tap';
import { changedSince, dependsOn } from './changed.js';

const TESTS = resolve(import.meta.dirname, '..');
const depends = (test: string, ...changed: string[]): boolean =>
  dependsOn(join(TESTS, `${test}.test.js`), changed);

void t.test('finds the tests that depend on a changed file', (t) => {
  t.ok(depends('domain/jobs/job/decider', 'domain/jobs/job/decider.ts'), 'an imported module');
  t.ok(depends('domain/jobs/job/decider', 'test/domain/jobs/job/decider.test.ts'), 'the test itself');
  t.notOk(depends('domain/jobs/job/decider', 'src/cli/main.ts', 'docs/history.md'), 'another module');
  t.ok(depends('scenarios/lifecycle', 'src/cli/main.ts'), 'a module of the program that the test starts');
  t.notOk(depends('scenarios/lifecycle', 'test/scenarios/durable.test.ts'), 'another test');
  t.ok(depends('scenarios/lifecycle', 'test/fixtures/jobs.ts'), 'a fixture');
  t.ok(depends('docs/history', 'docs/history.md'), 'a document');
  t.ok(depends('domain/jobs/job/decider', 'package-lock.json'), 'the packages');
  t.end();
});

void t.test('refuses a revision that does not exist, also one that looks like an option', (t) => {
  for (const revision of ['no-such-revision', '--output=x', ''])
    t.throws(() => changedSince(revision), { message: /^--changed: / }, revision);
  t.end();
});
