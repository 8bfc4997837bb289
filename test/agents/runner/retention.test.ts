import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { beyondRetention } from '#agents/runner/retention.js';
import { ownFolder } from '../../fixtures/folder.js';
import { call, order, startAgent } from '../support/agent.js';
import { PeerServer, until } from '../support/peer-server.js';

void t.test('the newest are kept, as many, as long and as large as they may be', async (t) => {
  const ended = [1, 2, 3, 4].map((second) => ({ allocationId: `a${second}`, endTime: second, bytes: 10 }));
  const go = (change: object) => beyondRetention(ended, { count: 10, seconds: 100, bytes: 1000, ...change }, 4).sort();
  t.same(go({}), []);
  t.same(go({ count: 2 }), ['a1', 'a2']);
  t.same(go({ seconds: 1.5 }), ['a1', 'a2']);
  t.same(go({ bytes: 30 }), ['a1']);
});

void t.test('of too many bytes the largest go, and the others stay', async (t) => {
  const sized = (...bytes: number[]) => bytes.map((each, index) => ({ allocationId: `a${index}`, endTime: index, bytes: each }));
  const go = (...bytes: number[]) => beyondRetention(sized(...bytes), { count: 10, seconds: 100, bytes: 100 }, 10).sort();
  t.same(go(10, 10, 3e12, 10), ['a2']);
  t.same(go(10, 10, 10, 99), ['a3']);
  t.same(go(60, 30, 80, 10), ['a2']);
  t.same(go(60, 60, 60), ['a0', 'a1']);
  t.same(go(200), ['a0']);
});

void t.test('one that cannot be removed keeps none of the others; it goes when it can', { skip: process.getuid?.() !== 0 && 'needs root' }, async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const agent = await startAgent(t, { dataDir, serverUrl: peer.url, heartbeatSeconds: 0.1, retention: { count: 0, seconds: 3600, bytes: 1e9 } });
  // The newest is the first to be tried.
  const orders = [order({ command: 'true' }), order({ command: 'true' }), order({ command: 'mkdir held' })];
  for (const each of orders) {
    peer.want(each);
    await call('POST', `${agent.url}/allocations`, each);
    await peer.reported(each.allocation_id, 'complete');
  }
  const held = path.join(dataDir, 'agent/tasks', orders[2]?.allocation_id ?? '', 'main/local/held');
  t.equal(spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', held]).status, 0, 'a file system that is in use is not removed');
  t.teardown(() => void spawnSync('umount', ['-l', held]));
  peer.unwant(...orders.map((each) => each.allocation_id));
  const kept = async () => await readdir(path.join(dataDir, 'agent/tasks'));
  await until(
    async () => (await kept()).length === 1,
    () => 'nothing was swept',
    60,
  );
  t.same(await kept(), [orders[2]?.allocation_id]);
  spawnSync('umount', [held]);
  await until(
    async () => (await kept()).length === 0,
    () => 'it stays',
    60,
  );
});

void t.test('what has long ended is forgotten on disk and never starts again', async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const options = { dataDir, serverUrl: peer.url, heartbeatSeconds: 0.1, retention: { count: 1, seconds: 3600, bytes: 1e9 } };
  const agent = await startAgent(t, options);
  const orders = [order({ command: 'true' }), order({ command: 'true' }), order({ command: 'true' })];
  for (const each of orders) {
    peer.want(each);
    await peer.reported(each.allocation_id, 'complete');
  }
  peer.unwant(...orders.map((each) => each.allocation_id));
  const kept = async () => (await readdir(path.join(dataDir, 'agent/tasks'))).sort();
  t.equal((await kept()).length, 3);
  await until(
    async () => (await kept()).length === 1,
    () => 'nothing was swept',
    60,
  );
  t.same(await kept(), [orders[2]?.allocation_id]);
  // The folder goes first: until the journal has forgotten it too, it is known, and has ended.
  const refused = async (url: string, ended: unknown): Promise<void> => {
    const asked = async () => await call('POST', `${url}/allocations`, ended);
    await until(
      async () => (await asked()).status !== 200,
      () => 'it is known still',
      60,
    );
    t.match(await asked(), { status: 400, body: { error: /has ended/ } });
  };
  for (const each of orders.slice(0, 2)) await refused(agent.url, each);
  await agent.stop();
  const next = await startAgent(t, options);
  await refused(next.url, orders[1]);
});
