import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { job } from '../fixtures/jobs.js';
import { required } from '../fixtures/requirement.js';
import { prepareServer } from '../fixtures/server.js';
import { embeddedWiring } from '../fixtures/wiring/embedded.js';

t.setTimeout(300_000 * PATIENCE);

const NOBODY = 65_534;
const asNobody = (command: string, ...args: string[]): { status: number | null; stderr: string } =>
  spawnSync(command, args, { uid: NOBODY, gid: NOBODY, encoding: 'utf8' });

/** Yields every file and folder below, except those that disappear in the meantime. Does not follow links. */
function* below(folder: string): Generator<string, void, undefined> {
  for (const name of namesIn(folder)) {
    const each = join(folder, name);
    yield each;
    if (lstatSync(each, { throwIfNoEntry: false })?.isDirectory() === true) yield* below(each);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Lists the paths on which other users have any permission, as `relative path: mode`. */
function openTo(folder: string): string[] {
  return [folder, ...below(folder)].flatMap((each) => {
    const found = lstatSync(each, { throwIfNoEntry: false });
    if (found === undefined) return [];
    const others = found.mode & 0o077;
    if (others === 0 || found.uid !== process.geteuid?.()) return [];
    return [`${relative(folder, each) || '.'}: ${(found.mode & 0o777).toString(8)}`];
  });
}

void t.test(
  "other users can access only their own tasks' folders in a data directory, and old permissions are corrected",
  async (t) => {
    if (!required(t, process.geteuid?.() === 0, 'root, to be another user')) return;
    const folder = ownFolder(t);
    chmodSync(folder, 0o755);
    const dataDir = join(folder, 'server');
    const server = await prepareServer(t, {
      dataDir,
      wiring: await embeddedWiring(t, dataDir),
      env: { MUSTER_EMBEDDED_AGENT: 'true' },
    });
    await server.start();
    await eventually(async () => (await server.api.nodes()).length === 1, {
      timeout: 60_000,
      what: 'the local agent',
    });
    const open = (): string[] => openTo(dataDir).filter((line) => !/^agent\/tasks\/[^:]+: 711$/.test(line));
    const passable = ['.: 711', 'agent: 711', 'agent/tasks: 711'];
    t.same(open(), passable, 'the permissions were fixed');

    await server.stop();
    for (const each of below(dataDir))
      if (!each.startsWith(join(dataDir, 'agent', 'journal')))
        chmodSync(each, lstatSync(each).isDirectory() ? 0o755 : 0o644);
    mkdirSync(join(dataDir, 'replaced-1'), { mode: 0o755 });
    writeFileSync(join(dataDir, 'replaced-1', 'events.db'), '', { mode: 0o644 });
    chmodSync(dataDir, 0o755);
    await server.start();
    const reachable = (): string[] => open().filter((line) => !line.startsWith('replaced-1/'));
    await eventually(() => reachable().length === passable.length, {
      what: 'the permissions that the agent fixes',
    });
    t.same(reachable(), passable, 'the permissions were fixed again');
    for (const name of [
      'events.db',
      'events.db-shm',
      'read-models.db-shm',
      'muster.lock',
      'data.key',
      'muster.pid',
      'replaced-1/events.db',
      'agent/node-id',
    ]) {
      t.match(asNobody('cat', join(dataDir, name)).stderr, /Permission denied/, name);
    }
    t.match(asNobody('ls', dataDir).stderr, /Permission denied/);

    const own = job('theirs', { command: 'umask > mine && pwd > where && exec sleep 300' }) as {
      task_groups: { tasks: { user?: string }[] }[];
    };
    own.task_groups[0]!.tasks[0]!.user = 'nobody';
    await server.api.submit(own);
    await server.api.jobIs('theirs', 'running');
    const mine = await eventually(
      () => [...below(join(dataDir, 'agent', 'tasks'))].find((each) => each.endsWith('/local/mine')),
      {
        what: 'the file that the task wrote',
      },
    );
    t.equal(asNobody('cat', mine).status, 0, 'a task of another user reaches its own folder');
    t.equal(lstatSync(mine).uid, NOBODY);
    t.equal(lstatSync(mine).mode & 0o777, 0o644, 'the task has a umask of its own');
    t.same(reachable(), passable, 'no other path became reachable');
  },
);
