import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { job } from '../fixtures/jobs.js';
import { canBeOthers, NOBODY } from '../fixtures/other-user.js';
import { MUSTER, Program, runToEnd } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

const PASSWORD = 'password-of-the-scenario';
const JOIN_TOKEN = 'join-token-of-the-scenario';
const possible = required(t, canBeOthers(), 'root, and setpriv');

void t.test('commands and an agent use the Unix socket of a server, which other users cannot', async (t) => {
  if (!possible) return;
  const base = ownFolder(t);
  chmodSync(base, 0o755);
  const folder = join(base, 'run');
  mkdirSync(folder, { mode: 0o755 });
  const file = join(folder, 'server.sock');
  const url = `unix:${file}`;
  const server = await startServer(t, {
    env: { MUSTER_LISTEN: url, MUSTER_ADMIN_PASSWORD: PASSWORD, MUSTER_JOIN_TOKEN: JOIN_TOKEN },
  });
  const cli = async (args: readonly string[], input = '') =>
    await runToEnd({
      command: process.execPath,
      args: [MUSTER, ...args],
      env: { HOME: base, MUSTER_SERVER_URL: url },
      input,
    });
  t.match(await cli(['node', 'list']), { code: 1, stderr: /muster login/ }, 'nobody is the operator there');
  t.match(await cli(['login', 'admin'], `${PASSWORD}\n`), { code: 0 });
  await startAgent(t, server, { env: { MUSTER_SERVER_URL: url, MUSTER_JOIN_TOKEN: JOIN_TOKEN } });
  t.match(await cli(['status']), { code: 0, stdout: /ok/ });
  await server.api.submit(job('over-the-socket', { command: 'true' }));
  await server.api.jobIs('over-the-socket', 'complete');
  const reach = `require('node:net').connect(${JSON.stringify(file)}).on('error', (e) => console.log(e.code))`;
  const nobody = spawnSync(process.execPath, ['-e', reach], {
    uid: NOBODY,
    gid: NOBODY,
    encoding: 'utf8',
    cwd: '/',
  });
  t.match(nobody.stdout, /EACCES/);

  await server.kill();
  await server.start();
  t.match(await cli(['node', 'list']), { code: 0 }, 'the socket of the killed server was replaced');

  await server.kill();
  rmSync(file);
  chmodSync(folder, 0o1777);
  const listen = `require('node:net').createServer((s) => s.on('data', (d) => console.log('received ' + d))).listen(${JSON.stringify(file)}, () => console.log('listening'))`;
  const taker = Program.start({
    command: 'setpriv',
    args: [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', process.execPath, '-e', listen],
  });
  t.teardown(() => taker.end('SIGKILL'));
  await eventually(() => taker.said('listening'), { what: 'the taker' });
  t.match(await cli(['login', 'admin'], `${PASSWORD}\n`), {
    code: 1,
    stderr: /nobody \(uid 65534\) listens at .*server\.sock, so nothing was sent to it/,
  });
  t.notOk(taker.said('received'));
});
