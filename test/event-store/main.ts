/** `node dist/test/event-store/main.js esdb://…`: runs the event store suites on any server that speaks this protocol. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** Scenarios that do not kill the store, inspect an embedded store's disk or depend on speed. They share one log. */
const SCENARIOS = ['blocked', 'drain', 'http-only-agent', 'less-capacity', 'lifecycle'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scenarios: { type: 'boolean', default: false } },
});
const [url] = positionals;
if (url === undefined || !url.startsWith('esdb://')) {
  process.stderr.write(
    [
      'usage: node dist/test/event-store/main.js esdb://[user:password@]host:port[?tls=false] [--scenarios]',
      '',
      'Runs the contract of the event store, and its faults, on this server; with --scenarios whole installations too, one after the other on the one log, each behind',
      'a ClusterCleared. Streams that are not made here are left alone. Take a server that is for tests.',
      '',
    ].join('\n'),
  );
  process.exit(2);
}

const tests = join(import.meta.dirname, '..');
const testsIn = (folder: string): string[] =>
  readdirSync(join(tests, folder))
    .filter((name) => name.endsWith('.test.js'))
    .sort()
    .map((name) => join(folder, name));
const files = [
  ...testsIn('src/stores/eventstoredb'),
  ...(values.scenarios ? SCENARIOS.map((name) => join('scenarios', `${name}.test.js`)) : []),
];
let failed = 0;
for (const file of files) {
  process.stdout.write(`# ${file} on ${url.replace(/\/\/[^@/]*@/, '//')}\n`);
  const test = spawn(process.execPath, [join(tests, file)], {
    stdio: 'inherit',
    env: {
      ...process.env,
      TAP_TIMEOUT: '600',
      MUSTER_TEST_EVENTSTORE_URL: url,
      MUSTER_TEST_WIRING: 'eventstore',
    },
  });
  const code = await new Promise<number | null>((resolve) => test.once('close', resolve));
  if (code !== 0) failed += 1;
}
process.stdout.write(
  failed === 0 ? `# all ${files.length} suites hold\n` : `# ${failed} of ${files.length} suites failed\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
