/** `npm run test:eventstore -- esdb://…`: the suites of the event store on any server of that protocol. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const [url] = process.argv.slice(2);
if (url === undefined || !url.startsWith('esdb://')) {
  process.stderr.write(
    [
      'usage: npm run test:eventstore -- esdb://[user:password@]host:port[?tls=false]',
      '',
      'Runs the contract of the event store, and its faults, on this server. They write streams with names of their own',
      'and never delete what they find; a server of your own, for tests, is the right one all the same.',
      '',
    ].join('\n'),
  );
  process.exit(2);
}

const suites = join(import.meta.dirname, '../src/event-store/esdb');
const files = readdirSync(suites).filter((name) => name.endsWith('.test.js')).sort();
let failed = 0;
for (const file of files) {
  process.stdout.write(`# ${file} on ${url.replace(/\/\/[^@/]*@/, '//')}\n`);
  const test = spawn(process.execPath, [join(suites, file)], { stdio: 'inherit', env: { ...process.env, MUSTER_TEST_EVENTSTORE_URL: url } });
  const code = await new Promise<number | null>((resolve) => test.once('close', resolve));
  if (code !== 0) failed += 1;
}
process.stdout.write(failed === 0 ? `# all ${files.length} suites hold\n` : `# ${failed} of ${files.length} suites failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
