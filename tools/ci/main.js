// Checks a change on a clean clone, as root on Debian 12 with Node 20: installs what the tests need, follows the README's steps, and runs every check
// and test. Nothing is skipped. Failed tests are listed again at the end. The last line is `N passed, N failed, N skipped`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installMachineParts } from './machine.js';
import { run, runTogether } from './steps.js';

process.chdir(dirname(dirname(import.meta.dirname)));
Object.assign(process.env, {
  CI: 'true',
  DEBIAN_FRONTEND: 'noninteractive',
  npm_config_update_notifier: 'false',
});

const MINUTE = 60;
/** Problem of a step whose failed tests are already counted and listed one by one. */
const FAILED_TESTS = 'tests failed';
const scratch = mkdtempSync(join(tmpdir(), 'muster-ci-'));
const outcome = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** Creates a step whose command writes its totals, followed by its failures, to the file that MUSTER_TEST_TOTALS names. */
function suite(name, seconds, command, env = {}) {
  const totals = join(scratch, `${name}.txt`);
  return {
    name,
    seconds,
    command,
    env: { ...env, MUSTER_TEST_TOTALS: totals },
    judge(status) {
      const [line = '', ...failures] = existsSync(totals)
        ? readFileSync(totals, 'utf8').trimEnd().split('\n')
        : [];
      const counts = /^(\d+) passed, (\d+) failed, (\d+) skipped/.exec(line)?.slice(1).map(Number);
      if (counts === undefined) return `the run ended (${status}) before it wrote its totals`;
      const [passed, failed, skipped] = counts;
      outcome.passed += passed;
      outcome.failed += failed;
      outcome.skipped += skipped;
      outcome.failures.push(...failures);
      if (failed > 0) return FAILED_TESTS;
      return status === 0 ? undefined : `exit status ${status}`;
    },
  };
}

async function steps() {
  const machine = await installMachineParts();
  for (const problem of machine) fail('machine', problem);

  await together([
    { name: 'npm ci', command: 'npm ci --ignore-scripts --no-audit --no-fund' },
    // Go builds the servers that Debian does not have, into test/parts/build.
    { name: 'servers', command: 'test/parts/build.sh', seconds: 20 * MINUTE },
  ]);
  // One core compiles SQLite for this Node, the other one compiles Muster.
  const built = await together([
    { name: 'sqlite', command: 'npm rebuild better-sqlite3' },
    { name: 'build', command: 'npm run --silent build' },
  ]);
  if (!built) return;

  await together([
    { name: 'lint', command: 'npm run --silent lint' },
    { name: 'format', command: 'npm run --silent format:check' },
    { name: 'openapi', command: 'node dist/src/cli/main.js openapi --check openapi' },
    { name: 'redocly', command: 'npx --no-install redocly lint --config tools/redocly.yaml' },
    // These download, so they mostly wait while the checks use the cores.
    { name: 'conda', command: 'node dist/test/fixtures/conda/install.js' },
    { name: 'generators', command: 'node dist/test/clients/install.js' },
  ]);

  // Of the two SQLite packages, Node 24 uses the other one.
  const node24 =
    'test/other-node.sh 24 scenarios/{durable,lifecycle,process}.test.js src/engine/event-store/sqlite/sqlite-event-store.threads.test.js';
  await together([
    // The same tests as `npm run test:all`.
    suite('tests', 75 * MINUTE, 'node dist/test/main.js --all'),
    suite('node-24', 10 * MINUTE, node24, { MUSTER_TEST_NODE_FOLDER: join(scratch, 'node-24') }),
  ]);

  await together([
    suite('clients', 15 * MINUTE, 'node dist/test/clients/main.js'),
    // Small benchmarks with limits far below the real ones. They spend most of their time waiting.
    { name: 'speed', command: 'node dist/test/bench/main.js --quick --wiring embedded' },
    { name: 'production', command: 'node dist/test/bench/main.js --quick --wiring production' },
  ]);
}

async function together(all) {
  const problems = await runTogether(all, run);
  for (const [name, problem] of problems) if (problem !== FAILED_TESTS) fail(name, problem);
  return problems.length === 0;
}

function fail(step, problem) {
  outcome.failed += 1;
  outcome.failures.push(`✖ ${step}: ${problem}`);
}

await steps();
rmSync(scratch, { recursive: true, force: true });
const { passed, failed, skipped, failures } = outcome;
for (const line of failures) console.log(line);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 && skipped === 0 && passed > 0 ? 0 : 1;
