/** `npm run test:eventstore -- esdb://…`: the suites of the event store on any server of that protocol. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** Those that neither kill the store, nor watch an embedded one's disk, nor hurry: behind one another on one log they share what is left of their forerunners. */
const SCENARIOS = ['blocked', 'drain', 'http-only-agent', 'less-capacity', 'lifecycle'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scenarios: { type: 'boolean', default: false } },
});
const [url] = positionals;
if (url === undefined || !url.startsWith('esdb://')) {
  process.stderr.write(
    [
      'usage: npm run test:eventstore -- esdb://[user:password@]host:port[?tls=false] [--scenarios]',
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
  ...testsIn('src/engine/event-store/esdb'),
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
