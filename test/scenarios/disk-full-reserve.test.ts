import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { required } from '../fixtures/requirement.js';
import { startServer, type Server } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';
import { embeddedWiring } from '../fixtures/wiring/embedded.js';

t.setTimeout(600_000);

/** Writes until the disk is full to the last byte. */
function fill(file: string): void {
  for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 4)) {
    for (;;) {
      try {
        appendFileSync(file, Buffer.alloc(size));
      } catch {
        break;
      }
    }
  }
}

interface Readiness {
  readonly status?: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail?: string }[];
}

async function diskOf(
  server: Server,
): Promise<{ status: number; text: string; ok: boolean; detail: string }> {
  const answer = await server.api.get<Readiness>('/readyz?verbose');
  const disk = answer.body.checks.find(({ name }) => name === 'disk');
  return {
    status: answer.status,
    text: answer.body.status ?? '',
    ok: disk?.ok ?? false,
    detail: disk?.detail ?? '',
  };
}

async function freeBytes(server: Server): Promise<number> {
  const { text } = await server.api.get('/metrics');
  return Number(/^muster_disk_free_bytes (\S+)$/m.exec(text)?.[1]);
}

void t.test(
  'on a full disk jobs can still be stopped, even after a restart, and readiness and metrics report the disk usage',
  async (t) => {
    const folder = ownFolder(t);
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'none', disk]).status === 0;
    if (!required(t, mounted, 'the right to mount a tmpfs')) return;
    t.teardown(() => void spawnSync('umount', ['-l', disk]));
    const dataDir = join(disk, 'server');
    const server = await startServer(t, {
      dataDir,
      env: { MUSTER_ADMIN_PASSWORD: 'password123' },
      wiring: await embeddedWiring(t, dataDir),
    });
    await startAgent(t, server);
    for (const id of ['one', 'two', 'three']) {
      await server.api.submit(job(id));
      await server.api.jobIs(id, 'running');
    }
    const root = await TaskAccount.logIn(server.api, 'admin', 'password123');
    const ann = { username: 'ann', password: 'password123' };
    t.equal((await server.api.post('/api/auth/register', ann)).status, 201);
    const task = await root.create({ name: 'sleeper', command: 'exec sleep 3600' });
    const run = await root.trigger(task.id);
    await eventually(async () => (await root.run(task.id, run.id)).status === 'running');
    await eventually(async () => (await diskOf(server)).text === 'ok', { what: 'readiness of every part' });
    t.match(await diskOf(server), { status: 200, text: 'ok', ok: true, detail: /free of|of .* free/ });
    t.ok((await freeBytes(server)) > 20e6, 'the disk had free space');

    const filler = join(disk, 'filler');
    fill(filler);
    await eventually(async () => (await server.api.post('/jobs', job('new'))).status === 503, {
      what: 'a refused command',
    });
    await eventually(async () => !(await diskOf(server)).ok, { what: 'a failed disk check' });
    t.match(await diskOf(server), {
      status: 200,
      text: /^degraded: (transparency since \S+, )?disk since/,
      ok: false,
      detail: /^full: .* of .* free/,
    });
    t.ok((await freeBytes(server)) < 1e6);
    const again = await TaskAccount.logIn(server.api, 'admin', 'password123');
    t.equal((await again.task(task.id)).id, task.id, "an administrator's login is accepted and usable");
    t.equal((await server.api.post('/api/auth/login', ann)).status, 503, 'others cannot log in');
    t.equal((await server.api.delete('/jobs/one')).status, 200, 'a stop is accepted');
    await server.api.jobIs('one', 'dead');
    t.equal(
      (await server.api.post('/jobs', job('new'))).status,
      503,
      'the freed reserve is not available to new work',
    );

    t.match(await server.stop(), { code: 0 });
    fill(filler);
    await server.start();
    await eventually(
      async () =>
        /^full: .* only commands that end work are accepted, and .* of the reserve is left$/.test(
          (await diskOf(server)).detail,
        ),
      {
        what: 'the reserve in use',
      },
    );
    t.match(await diskOf(server), { status: 200, text: /^degraded: (transparency since \S+, )?disk since/ });
    for (const path of ['/jobs', '/jobs/two', '/nodes'])
      t.equal((await server.api.get(path)).status, 200, `GET ${path}`);
    t.equal((await server.api.post('/jobs', job('new'))).status, 503);
    t.equal(
      (await server.api.delete('/jobs/two')).status,
      200,
      'a stop is accepted after a start on a full disk too',
    );
    await server.api.jobIs('two', 'dead');
    t.match(
      await root.call('post', `/api/tasks/${task.id}/runs/${run.id}/cancel`),
      { status: 200 },
      'a run can be cancelled',
    );
    await eventually(async () => (await root.run(task.id, run.id)).status === 'cancelled');
    t.match(
      await root.call('put', `/api/tasks/${task.id}`, { status: 'paused' }),
      { status: 200 },
      'a task can be paused',
    );

    await server.kill();
    fill(filler);
    await server.start();
    t.equal((await server.api.delete('/jobs/three')).status, 200, 'a stop is accepted after a kill too');
    await server.api.jobIs('three', 'dead');

    rmSync(filler);
    await eventually(
      async () => (await server.api.post('/jobs', job('new', { command: 'exit 0' }))).status === 200,
      { what: 'an accepted command without a restart' },
    );
    await server.api.jobIs('new', 'complete');
    await eventually(async () => (await diskOf(server)).text === 'ok', { what: 'readiness' });
    t.ok(existsSync(join(dataDir, 'muster.reserve')), 'the reserve is restored');
    await invariantsHold(t, server);
  },
);
