import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import t from 'tap';
import { ownFolder } from '../../../fixtures/folder.js';
import { call, order, spawnAgent, startPair } from '../../support/agent.js';
import { PeerServer, until } from '../../support/peer-server.js';

const skip = process.getuid?.() === 0 ? false : 'needs root';

/** Reads all command lines as fast as possible, and prints a line for each that contains the word. Prints `looking` at the start. */
const WATCHER = `
const { readdirSync, readFileSync } = require('node:fs');
const word = process.argv.slice(1).join("");
let over = false;
process.stdin.on('end', () => (over = true)).resume();
console.log('looking');
(function look() {
  for (const pid of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(pid) || Number(pid) === process.pid) continue;
    let line = '';
    try { line = readFileSync('/proc/' + pid + '/cmdline', 'latin1'); } catch {}
    if (line.includes(word)) console.log('seen ' + line.replaceAll('\\0', ' ').slice(0, 60));
  }
  if (!over) setImmediate(look);
})();
`;

void t.test("hides a task's environment from other users", { skip }, async (t) => {
  const { agent, peer } = await startPair(t);
  const secret = randomUUID().slice(1);
  // The watcher's own arguments must not contain the word.
  const watcher = spawn(process.execPath, ['-e', WATCHER, secret.slice(0, 5), secret.slice(5)], {
    uid: 4322,
    gid: 4322,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => watcher.kill('SIGKILL'));
  let said = '';
  watcher.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(watcher.stdout, 'data');
  // First prove that the watcher sees a match.
  const witness = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', secret], { stdio: 'ignore' });
  t.teardown(() => witness.kill('SIGKILL'));
  await until(() => said.includes('setInterval'));
  witness.kill('SIGKILL');
  await once(witness, 'exit');
  for (let round = 0; round < 20; round += 1) {
    const subject = order({
      command: 'test "${#PASSWORD}" = 35',
      env: { PASSWORD: secret },
      ...(round % 2 === 0 ? { user: 'nobody' } : {}),
    });
    peer.want(subject);
    await call('POST', `${agent.url}/allocations`, subject);
    await peer.reported(subject.allocation_id, 'complete');
  }
  watcher.stdin.end();
  await once(watcher, 'exit');
  t.same(
    said.split('\n').filter((line) => line !== '' && line !== 'looking' && !line.includes(' -e setInterval')),
    [],
  );
});

void t.test('a task inherits only stdin, stdout and stderr', async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  // The numbers are far above the other descriptors, so that Node does not treat them as part of the inherited range.
  const agent = await spawnAgent(t, { dataDir, serverUrl: peer.url }, {}, [
    'bash',
    '-c',
    'exec 200>&1 251</dev/null; exec "$0" "$@"',
  ]);
  const subject = order({ command: 'ls', args: ['-l', '/proc/self/fd'] });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'complete');
  const { body } = await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`);
  const descriptors = [...body.matchAll(/ (\d+) -> (\S+)/g)].filter(
    ([, , target]) => !/^\/proc\/\d+\/fd$/.test(target ?? ''),
  );
  t.same(
    descriptors.map(([, number]) => number),
    ['0', '1', '2'],
    body,
  );
});
