import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { taken } from '../fixtures/api.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const MIB = 1024 * 1024;

void t.test(
  'on a full disk commands get 503 and reads succeed, and commands are accepted again once there is space',
  async (t) => {
    const folder = ownFolder(t);
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=112m', 'none', disk]).status === 0;
    if (!required(t, mounted, 'the right to mount a tmpfs')) return;
    t.teardown(() => void spawnSync('umount', ['-l', disk]));
    const filler = join(disk, 'filler');
    // Deleting the filler frees enough space to write all data of the log again, into the read models, which lag behind.
    writeFileSync(filler, Buffer.alloc(80 * MIB));
    const server = await startServer(t, { dataDir: join(disk, 'server') });

    const large = (id: string): unknown =>
      job(id, {
        env: Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`V${index}`, 'x'.repeat(30_000)])),
      });
    const acknowledged: string[] = [];
    const refused = await eventually(
      async () => {
        const id = `job-${acknowledged.length}`;
        const answer = await server.api.post('/jobs', large(id));
        if (answer.status !== 200) return answer;
        acknowledged.push(id);
        return undefined;
      },
      { timeout: 60_000, interval: 0, what: 'a full disk' },
    );
    t.equal(refused.status, 503, refused.text);
    t.same(Object.keys(refused.body as object), ['error']);
    t.ok(acknowledged.length > 10, `${acknowledged.length} jobs were accepted before`);

    for (let times = 0; times < 5; times += 1)
      t.equal((await server.api.post('/jobs', large('more'))).status, 503);
    for (const path of ['/nodes', '/templates', `/jobs/${acknowledged[0]}`])
      t.equal((await server.api.get(path)).status, 200, `GET ${path} still succeeds`);
    t.equal(server.program.status, undefined, 'the server keeps running');

    rmSync(filler);
    await eventually(async () => taken(await server.api.post('/templates', { name: 'after' })), {
      timeout: 20_000,
      interval: 100,
      what: 'an accepted command without a restart',
    });
    const missing = await eventually(
      async () => {
        const listed = new Set((await server.api.jobs()).map((each) => each.job_id));
        const absent = acknowledged.filter((id) => !listed.has(id));
        if (absent.length > 0) throw new Error(`not listed: ${absent.join(' ')}`);
        return true;
      },
      { timeout: 20_000, what: 'every acknowledged job in the list' },
    );
    t.ok(missing);
    t.equal((await server.api.get('/jobs/more')).status, 404, 'a refused job leaves nothing behind');
    await server.restart();
    t.equal((await server.api.jobs()).length, acknowledged.length);
    await invariantsHold(t, server);
  },
);
