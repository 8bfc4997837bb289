import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { beyondRetention, jobOfLogs } from '#agents/runner/retention.js';
import { PATIENCE } from '../../fixtures/eventually.js';
import { ownFolder } from '../../fixtures/folder.js';
import { call, order, startAgent } from '../support/agent.js';
import { PeerServer, until } from '../support/peer-server.js';

t.setTimeout(300_000 * PATIENCE);

const all = { count: 10, seconds: 100, bytes: 1000, perJob: 0 };

void t.test('retains the newest allocations within the limits for count, age and size', async (t) => {
  const ended = [1, 2, 3, 4].map((second) => ({
    allocationId: `a${second}`,
    job: 'one',
    endTime: second,
    bytes: 10,
  }));
  const go = (change: object) => beyondRetention(ended, { ...all, ...change }, 4).sort();
  t.same(go({}), []);
  t.same(go({ count: 2 }), ['a1', 'a2']);
  t.same(go({ seconds: 1.5 }), ['a1', 'a2']);
  t.same(go({ seconds: 2 }), ['a1'], 'an allocation exactly at the age limit is retained');
  t.same(go({ bytes: 30 }), ['a1']);
});

void t.test('removes the oldest allocations above the maximum size', async (t) => {
  const sized = (...bytes: number[]) =>
    bytes.map((each, index) => ({ allocationId: `a${index}`, job: 'one', endTime: index, bytes: each }));
  const go = (...bytes: number[]) => beyondRetention(sized(...bytes), { ...all, bytes: 100 }, 10).sort();
  t.same(go(10, 10, 10, 99), ['a0', 'a1', 'a2']);
  t.same(go(60, 30, 80, 10), ['a0', 'a1']);
  t.same(go(60, 60, 60), ['a0', 'a1']);
  t.same(go(200), ['a0']);
});

void t.test('removes the newest allocations of each job last', async (t) => {
  const of = (job: string, endTime: number) => ({
    allocationId: `${job}.${endTime}`,
    job,
    endTime,
    bytes: 10,
  });
  const ended = [
    of('rare', 1),
    of('rare', 2),
    ...Array.from({ length: 300 }, (_, index) => of('busy', 10 + index)),
  ];
  const go = (change: object) => beyondRetention(ended, { ...all, bytes: 1e9, perJob: 1, ...change }, 400);
  const kept = (change: object) =>
    ended.map((each) => each.allocationId).filter((id) => !go(change).includes(id));
  t.same(kept({ count: 0, seconds: 1e6 }), ['rare.2', 'busy.309']);
  t.same(
    kept({ count: 0, seconds: 50 }),
    ['rare.2', 'busy.309'],
    'the newest of a job is retained beyond the age limit',
  );
  t.same(kept({ count: 0, seconds: 10 }), ['busy.309'], 'the newest of a job is not retained forever');
  t.same(kept({ count: 2, seconds: 1e6 }), ['rare.2', 'busy.307', 'busy.308', 'busy.309']);
  t.same(kept({ count: 9, seconds: 1e6, bytes: 20 }), ['rare.2', 'busy.309']);
  t.same(kept({ count: 9, seconds: 1e6, bytes: 10 }), ['busy.309'], 'the newest of all is removed last');
  t.same(
    [
      'task.7.1',
      'task.7.notice.2',
      'service.orders.3',
      'conda.env-1.2',
      'gpu.claim-1',
      'my.job.1',
      'job',
    ].map(jobOfLogs),
    ['task.7', 'task.7', 'service.orders', 'conda.env-1', 'gpu.claim-1', 'my.job.1', 'job'],
  );
});

void t.test(
  'removes working files first, and keeps logs that are the newest of a job or being read',
  async (t) => {
    const dataDir = ownFolder(t);
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const retention = { count: 0, seconds: 3600, bytes: 30_000_000, perJob: 1 };
    const agent = await startAgent(t, { dataDir, serverUrl: peer.url, heartbeatSeconds: 0.1, retention });
    const run = async (job_id: string, command: string) => {
      const each = { ...order({ command }), job_id };
      peer.want(each);
      await call('POST', `${agent.url}/allocations`, each);
      await peer.reported(each.allocation_id, 'complete');
      peer.unwant(each.allocation_id);
      return `${agent.url}/allocations/${each.allocation_id}/logs`;
    };
    const rare = await run('rare', 'echo rare');
    const read = await run('busy', 'seq 1 2000000');
    const answer = await fetch(read);
    const reader = answer.body?.getReader();
    let bytes = (await reader?.read())?.value?.length ?? 0;
    const first = await run('busy', 'echo first');
    const large = await run('busy', 'echo large; head -c 50000000 /dev/zero >file');
    await until(
      async () => (await call('GET', first)).status === 410,
      () => 'the first log is not removed',
      60,
    );
    t.same((await call('GET', first)).body, {
      error: 'the log was removed: a node retains only the newest logs',
    });
    const folders = async () =>
      await readdir(path.join(dataDir, 'agent/tasks', new URL(large).pathname.split('/')[2] ?? '', 'main'));
    await until(
      async () => !(await folders()).includes('local'),
      () => 'the working files are not removed',
      60,
    );
    t.equal(
      (await call('GET', large)).body,
      'large\n',
      'the newest log is retained, although its task left a large file',
    );
    t.equal((await call('GET', rare)).body, 'rare\n', 'the log of a job that ran earlier is retained');
    for (;;) {
      const part = await reader?.read();
      bytes += part?.value?.length ?? 0;
      if (part?.done !== false) break;
    }
    t.equal(bytes, 14_888_896, 'an open log can be read to its end');
    // A request for the log would be another reader, so the test checks the disk.
    const folder = path.join(dataDir, 'agent/tasks', new URL(read).pathname.split('/')[2] ?? '');
    await until(
      () => !existsSync(folder),
      () => 'the log is not removed after it was read',
      60,
    );
    t.equal((await call('GET', read)).status, 410);
  },
);

void t.test(
  'on a full disk, removes working files and then the largest log of ended tasks, and no more than needed',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  async (t) => {
    const dataDir = ownFolder(t);
    t.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', dataDir]).status, 0);
    t.teardown(() => void spawnSync('umount', ['-l', dataDir]));
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const retention = { count: 10, seconds: 3600, bytes: 1e9, perJob: 3 };
    const agent = await startAgent(t, { dataDir, serverUrl: peer.url, heartbeatSeconds: 0.1, retention });
    const run = async (job_id: string, command: string) => {
      const each = { ...order({ command }), job_id };
      peer.want(each);
      await peer.reported(each.allocation_id, 'complete');
      peer.unwant(each.allocation_id);
      const folder = path.join(dataDir, 'agent/tasks', each.allocation_id, 'main');
      return { folder, log: () => call('GET', `${agent.url}/allocations/${each.allocation_id}/logs`) };
    };
    const work = await run('work', 'echo work; head -c 8000000 /dev/zero >file');
    const middle = await run('middle', 'head -c 4000000 /dev/zero');
    const large = await run('large', 'seq 1 2000000');
    const fill = (): void =>
      void spawnSync('sh', ['-c', 'cat /dev/zero >>"$1"', 'sh', path.join(dataDir, 'fill')]);
    fill();
    await until(
      () => !existsSync(path.join(work.folder, 'local')),
      () => 'the working files are not removed',
      60,
    );
    t.ok(existsSync(large.folder), 'logs stay while removing working files suffices');
    fill();
    await until(
      () => !existsSync(large.folder),
      () => 'the largest log is not removed',
      60,
    );
    t.equal((await large.log()).status, 410);
    t.ok(existsSync(middle.folder));
    t.equal((await work.log()).body, 'work\n', 'smaller logs stay');
    const next = order({ command: 'true' });
    peer.want(next);
    await peer.reported(next.allocation_id, 'complete');
  },
);

void t.test(
  'removes other allocations even if one of them cannot be removed yet',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  async (t) => {
    const dataDir = ownFolder(t);
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const agent = await startAgent(t, {
      dataDir,
      serverUrl: peer.url,
      heartbeatSeconds: 0.1,
      retention: { count: 0, seconds: 3600, bytes: 1e9, perJob: 0 },
    });
    // The removal starts with the newest allocation.
    const orders = [order({ command: 'true' }), order({ command: 'true' }), order({ command: 'mkdir held' })];
    for (const each of orders) {
      peer.want(each);
      await call('POST', `${agent.url}/allocations`, each);
      await peer.reported(each.allocation_id, 'complete');
    }
    const held = path.join(dataDir, 'agent/tasks', orders[2]?.allocation_id ?? '', 'main/local/held');
    t.equal(
      spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', held]).status,
      0,
      'a file system is mounted in the working folder',
    );
    t.teardown(() => void spawnSync('umount', ['-l', held]));
    peer.unwant(...orders.map((each) => each.allocation_id));
    const kept = async () => await readdir(path.join(dataDir, 'agent/tasks'));
    await until(
      async () => (await kept()).length === 1,
      () => 'the ended allocations were not removed',
      60,
    );
    t.same(await kept(), [orders[2]?.allocation_id]);
    spawnSync('umount', [held]);
    await until(
      async () => (await kept()).length === 0,
      () => 'the last allocation is not removed',
      60,
    );
  },
);

void t.test('removes allocations that ended long ago from disk, and never starts them again', async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const options = {
    dataDir,
    serverUrl: peer.url,
    heartbeatSeconds: 0.1,
    retention: { count: 1, seconds: 3600, bytes: 1e9, perJob: 0 },
  };
  const agent = await startAgent(t, options);
  const orders = [order({ command: 'true' }), order({ command: 'true' }), order({ command: 'true' })];
  for (const each of orders) {
    peer.want(each);
    await peer.reported(each.allocation_id, 'complete');
  }
  const kept = async () => (await readdir(path.join(dataDir, 'agent/tasks'))).sort();
  t.equal((await kept()).length, 3);
  peer.unwant(...orders.map((each) => each.allocation_id));
  await until(
    async () => (await kept()).length === 1,
    () => 'the ended allocations were not removed',
    60,
  );
  t.same(await kept(), [orders[2]?.allocation_id]);
  // The folder is removed first. Until the journal has dropped the record too, the allocation is known as ended.
  const refused = async (url: string, ended: unknown): Promise<void> => {
    const asked = async () => await call('POST', `${url}/allocations`, ended);
    await until(
      async () => (await asked()).status !== 200,
      () => 'the allocation is still known',
      60,
    );
    t.match(await asked(), { status: 400, body: { error: /has ended/ } });
  };
  for (const each of orders.slice(0, 2)) await refused(agent.url, each);
  await agent.stop();
  const next = await startAgent(t, options);
  await refused(next.url, orders[1]);
});
