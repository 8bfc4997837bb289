import t from 'tap';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { MUSTER, runToEnd } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { blocksOf, plain, wordsOf } from './page.js';

t.setTimeout(300_000 * PATIENCE);

/** Normalizes a line: masks positions, times and the user of this machine, which differ in every run. */
const same = (line: string): string =>
  plain(
    line
      .replace(/#\d+/g, '#N')
      .replace(/(T[\d:]+)\.\d{3}Z/g, '$1Z')
      .replace(/local \S+ /, 'local USER '),
  );

void t.test('the commands on the page about history run as written and print the output shown', async (t) => {
  const server = await startServer(t, { env: { MUSTER_EMBEDDED_AGENT: 'true' } });
  await eventually(async () => (await server.api.nodes()).some(({ healthy }) => healthy), {
    timeout: 120_000,
    what: 'the local agent',
  });
  const env = { MUSTER_SERVER_URL: server.url, HOME: ownFolder(t) };
  const blocks = blocksOf('docs/history.md');
  t.equal(blocks.length, 5);
  for (const { commands, shown } of blocks) {
    const printed: string[] = [];
    for (const command of commands) {
      const args = [MUSTER, ...wordsOf(command).words.slice(1)];
      const { code, stdout, stderr } = await runToEnd({ command: process.execPath, args, env });
      t.equal(code, 0, `${command}: ${stderr}`);
      printed.push(...stdout.split('\n').map(same));
    }
    for (const line of shown)
      t.ok(printed.includes(same(line)), `${commands.join('; ')} prints ${line}`, { printed });
  }
  const jobs = `${server.url}/jobs/hello`;
  const now = await fetch(jobs);
  const then = await fetch(`${jobs}?as_of=${new Date().toISOString()}`);
  t.equal(then.status, 200, 'the past can be read');
  t.ok(then.headers.get('x-muster-as-of'));
  t.equal(await then.text(), await now.text());
  t.equal((await fetch(`${jobs}?as_of=1`)).status, 404, 'the job did not exist yet');
});
