import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { MUSTER, runToEnd } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { blocksOf, exitOf, plain } from './page.js';

t.setTimeout(120_000 * PATIENCE);

void t.test('the commands on the page about what-if run as written and print the output shown', async (t) => {
  const server = await startServer(t, { env: { MUSTER_NODE_TIMEOUT_SECONDS: '600' } });
  for (const [node_id, cpu] of [
    ['n1', 2000],
    ['n2', 4000],
  ] as const) {
    const { status } = await fetch(`${server.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        node_id,
        ip_address: '10.0.0.1',
        resources: { cpu, memory: 8000 },
        attributes: { 'driver.docker': 'true' },
        healthy: true,
      }),
    });
    t.equal(status, 200);
  }
  const env = { MUSTER_SERVER_URL: server.url, HOME: ownFolder(t) };
  const blocks = blocksOf('docs/what-if.md');
  t.equal(blocks.length, 3);
  for (const { commands, shown } of blocks) {
    const printed: string[] = [];
    for (const command of commands) {
      const [, words = ''] = /^npx muster ([^#]+)/.exec(command) ?? [];
      const args = [MUSTER, ...words.trim().split(/\s+/)];
      const { code, stdout, stderr } = await runToEnd({ command: process.execPath, args, env });
      t.equal(code, exitOf(command), `${command}: ${stderr}`);
      printed.push(...stdout.split('\n').map(plain));
    }
    for (const line of shown)
      t.ok(printed.includes(plain(line)), `${commands.join('; ')} prints ${line}`, { printed });
  }
  for (const [words, said] of [
    ['what-if --drain nowhere', /nowhere/],
    ['what-if --add n1', /--add n1: must be COUNTxNODE/],
    ['what-if --add 0xn1', /add_nodes\.count/],
    ['what-if --priority hello', /--priority hello: must be JOB=PRIORITY/],
    ['node drain n1 --plan --disable', /--plan requires --enable/],
  ] as const) {
    const args = [MUSTER, ...words.split(' ')];
    const { code, stderr } = await runToEnd({ command: process.execPath, args, env });
    t.equal(code, words.startsWith('node') ? 1 : 255, words);
    t.match(stderr, said, words);
  }
});
