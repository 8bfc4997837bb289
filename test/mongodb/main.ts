/** `node dist/test/mongodb/main.js mongodb://…`: runs the MongoDB read model suites on any server that speaks this protocol. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const [url] = process.argv.slice(2);
if (url === undefined || !url.startsWith('mongodb://')) {
  process.stderr.write(
    [
      'usage: node dist/test/mongodb/main.js mongodb://[user:password@]host:port[/?options]',
      '',
      'Runs the contract of the read models, and its faults, on this server (one host; of a replica set the primary). Every test',
      'has a database of its own, muster_test_…, and drops it; a server of your own, for tests, is the right one all the same.',
      '',
    ].join('\n'),
  );
  process.exit(2);
}

const suites = join(import.meta.dirname, '../src/stores/mongodb');
const files = readdirSync(suites)
  .filter((name) => name.endsWith('.test.js'))
  .sort();
let failed = 0;
for (const file of files) {
  process.stdout.write(`# ${file} on ${url.replace(/\/\/[^@/]*@/, '//')}\n`);
  const test = spawn(process.execPath, [join(suites, file)], {
    stdio: 'inherit',
    env: { ...process.env, CI: 'true', TAP_TIMEOUT: '600', MUSTER_TEST_MONGODB_URL: url },
  });
  const code = await new Promise<number | null>((resolve) => test.once('close', resolve));
  if (code !== 0) failed += 1;
}
process.stdout.write(
  failed === 0 ? `# all ${files.length} suites hold\n` : `# ${failed} of ${files.length} suites failed\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
