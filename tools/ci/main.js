// Checks a change on a clean clone, as root on Debian 12 with Node 20, in at most 25 minutes on two busy cores: installs what is needed, builds, lints, and
// runs the README's test command and a smoke test of each part that needs another server. docs/testing.md says what else there is, and who runs it when.
// Each step has a time limit. Nothing is skipped. Failed and flaky tests are listed again at the end. The last line is `N passed, N failed, N skipped`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GATE, installMachineParts } from './machine.js';
import { run, runTogether } from './steps.js';

const USAGE = `usage: node tools/ci/main.js

Checks a change on a clean clone, as root on Debian 12, in at most 25 minutes: installs packages, builds, lints and runs the tests.
It has no options. Exits with 0 if everything passed and nothing was skipped, and otherwise with 1.`;

const [argument] = process.argv.slice(2);
if (argument === '--help' || argument === '-h') {
  console.log(USAGE);
  process.exit(0);
}
if (argument !== undefined) {
  console.error(`unknown argument ${argument}\n\n${USAGE}`);
  process.exit(2);
}

process.chdir(dirname(dirname(import.meta.dirname)));
Object.assign(process.env, {
  CI: 'true',
  DEBIAN_FRONTEND: 'noninteractive',
  npm_config_update_notifier: 'false',
});

const MINUTE = 60;
/** Tests in `test/smoke` that need other servers or a browser, and the maximum minutes of each. */
const SMOKES = { production: 4, containers: 2, console: 2 };
/** Problem of a step whose failed tests are already counted and listed one by one. */
const FAILED_TESTS = 'tests failed';
const scratch = mkdtempSync(join(tmpdir(), 'muster-ci-'));
const outcome = { passed: 0, failed: 0, skipped: 0, problems: [] };

/** Creates a step whose command writes its totals, followed by failures and flaky tests, to the file that MUSTER_TEST_TOTALS names. */
function suite(name, seconds, command) {
  const totals = join(scratch, `${name}.txt`);
  return {
    name,
    seconds,
    command,
    env: { MUSTER_TEST_TOTALS: totals },
    judge(status) {
      const [line = '', ...problems] = existsSync(totals)
        ? readFileSync(totals, 'utf8').trimEnd().split('\n')
        : [];
      const counts = /^(\d+) passed, (\d+) failed, (\d+) skipped/.exec(line)?.slice(1).map(Number);
      if (counts === undefined) return `the run ended (${status}) before it wrote its totals`;
      const [passed, failed, skipped] = counts;
      outcome.passed += passed;
      outcome.failed += failed;
      outcome.skipped += skipped;
      outcome.problems.push(...problems);
      if (failed > 0) return FAILED_TESTS;
      return status === 0 ? undefined : `exit status ${status}`;
    },
  };
}

async function steps() {
  const problems = await installMachineParts(GATE, 4 * MINUTE);
  for (const problem of problems) fail('machine', problem);

  await together([
    { name: 'npm ci', seconds: 4 * MINUTE, command: 'npm ci --ignore-scripts --no-audit --no-fund' },
    // Go builds the servers that Debian does not have, into test/parts/build.
    { name: 'servers', seconds: 5 * MINUTE, command: 'test/parts/build.sh' },
  ]);
  // One core compiles SQLite for this Node, the other one compiles Muster.
  const built = await together([
    { name: 'sqlite', seconds: 3 * MINUTE, command: 'npm rebuild better-sqlite3' },
    { name: 'build', seconds: 3 * MINUTE, command: 'npm run --silent build' },
  ]);
  if (!built) return;

  await together([
    { name: 'lint', seconds: 4 * MINUTE, command: 'npm run --silent lint' },
    { name: 'format', seconds: 3 * MINUTE, command: 'npm run --silent format:check' },
    { name: 'openapi', seconds: MINUTE, command: 'node dist/src/cli/main.js openapi --check openapi' },
  ]);

  // The README's command. An idle machine needs a third of this time.
  await together([suite('tests', 15 * MINUTE, 'npm test')]);
  for (const [name, minutes] of Object.entries(SMOKES))
    await together([suite(name, minutes * MINUTE, `node dist/test/main.js smoke/${name}`)]);
}

async function together(all) {
  const problems = await runTogether(all, run);
  for (const [name, problem] of problems) if (problem !== FAILED_TESTS) fail(name, problem);
  return problems.length === 0;
}

function fail(step, problem) {
  outcome.failed += 1;
  outcome.problems.push(`✖ ${step}: ${problem}`);
}

await steps();
rmSync(scratch, { recursive: true, force: true });
const { passed, failed, skipped, problems } = outcome;
for (const line of problems) console.log(line);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 && skipped === 0 && passed > 0 ? 0 : 1;
