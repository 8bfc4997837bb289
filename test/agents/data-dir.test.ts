import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import t from 'tap';
import { ownFolder } from '../fixtures/folder.js';
import { call, order, spawnAgent, startAgent } from './support/agent.js';
import { PeerServer, until } from './support/peer-server.js';

const skip = process.getuid?.() === 0 ? false : 'needs root';

void t.test(
  'starts even if another user has taken its socket name, and no other user can lock its directory',
  { skip },
  async (t) => {
    const dataDir = ownFolder(t);
    chmodSync(dataDir, 0o755);
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const options = { dataDir, serverUrl: peer.url };
    await (await startAgent(t, options)).stop();
    // A name in the kernel's abstract namespace belongs to the first process that binds it.
    const squatter = createServer();
    const root = path.join(dataDir, 'agent');
    await new Promise<void>((resolve) =>
      squatter.listen(
        {
          path: `\0muster-agent-${createHash('sha256').update(realpathSync(root)).digest('hex').slice(0, 32)}`,
        },
        resolve,
      ),
    );
    t.teardown(() => squatter.close());
    const tried = spawnSync('flock', ['--nonblock', path.join(root, 'lock'), 'true'], {
      uid: 4322,
      gid: 4322,
      encoding: 'utf8',
    });
    t.match(tried, { status: 66, stderr: /Permission denied/ });
    await startAgent(t, options);
  },
);

void t.test(
  "protects an agent's files from other users, and corrects permissions at startup",
  { skip },
  async (t) => {
    const dataDir = ownFolder(t);
    chmodSync(dataDir, 0o755);
    const root = path.join(dataDir, 'agent');
    mkdirSync(path.join(root, 'tasks/old/main'), { recursive: true, mode: 0o711 });
    for (const folder of ['journal', 'tasks/old/main/logs']) mkdirSync(path.join(root, folder));
    for (const folder of ['.', 'journal', 'tasks', 'tasks/old/main/logs'])
      chmodSync(path.join(root, folder), 0o755);
    for (const file of ['node-id', 'journal/forgotten.list', 'tasks/old/main/logs/stdout']) {
      writeFileSync(path.join(root, file), file === 'node-id' ? 'n1' : '');
      chmodSync(path.join(root, file), 0o644);
    }
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const agent = await spawnAgent(t, {
      dataDir,
      serverUrl: peer.url,
      logBounds: { maxBytes: 1000, maxFiles: 3 },
    });
    const subject = order({
      command: 'seq 2000; cd "$HOME" && touch mine; sleep 1000',
      user: 'nobody',
      kill_timeout: 0,
    });
    peer.want(subject);
    await call('POST', `${agent.url}/allocations`, subject);
    await peer.reported(subject.allocation_id, 'running');
    const task = path.join(root, 'tasks', subject.allocation_id, 'main');
    await until(
      () =>
        readdirSync(path.join(task, 'logs')).some((name) => name.startsWith('stdout@')) &&
        readdirSync(path.join(task, 'local')).includes('mine'),
    );
    t.equal(statSync(path.join(task, 'local/mine')).mode & 0o777, 0o644, 'a task runs with the usual umask');
    const passable = [
      '',
      'tasks',
      'tasks/old',
      'tasks/old/main',
      `tasks/${subject.allocation_id}`,
      `tasks/${subject.allocation_id}/main`,
    ];
    const open: string[] = [];
    for (const name of ['', ...readdirSync(root, { recursive: true, encoding: 'utf8' })]) {
      // A temporary file may have been renamed since it was listed.
      const mode = (statSync(path.join(root, name), { throwIfNoEntry: false })?.mode ?? 0) & 0o777;
      if (
        (mode & 0o077) !== 0 &&
        !(passable.includes(name) && (mode & 0o066) === 0) &&
        !name.endsWith('/local/mine')
      )
        open.push(`${name} ${mode.toString(8)}`);
    }
    t.same(open, []);
    const stranger = spawnSync('find', [root, '-readable', '-o', '-writable'], {
      uid: 4322,
      gid: 4322,
      encoding: 'utf8',
    });
    t.equal(stranger.stdout, '', 'another user finds no readable or writable file');
  },
);
