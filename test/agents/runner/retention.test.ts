import { readdir } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { beyondRetention } from '#agents/runner/retention.js';
import { call, dataDirectory, order, startAgent } from '../support/agent.js';
import { PeerServer, until } from '../support/peer-server.js';

void t.test('the newest are kept, as many, as long and as large as they may be', async (t) => {
  const ended = [1, 2, 3, 4].map((second) => ({ allocationId: `a${second}`, endTime: second, bytes: 10 }));
  const go = (change: object) => beyondRetention(ended, { count: 10, seconds: 100, bytes: 1000, ...change }, 4).sort();
  t.same(go({}), []);
  t.same(go({ count: 2 }), ['a1', 'a2']);
  t.same(go({ seconds: 1.5 }), ['a1', 'a2']);
  t.same(go({ bytes: 30 }), ['a1']);
});

void t.test('what has long ended is forgotten on disk and never starts again', async (t) => {
  const dataDir = await dataDirectory(t);
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
  await until(async () => (await kept()).length === 1, () => 'nothing was swept', 60);
  t.same(await kept(), [orders[2]?.allocation_id]);
  t.match(await call('POST', `${agent.url}/allocations`, orders[0]), { status: 400, body: { error: /has ended/ } });
  await agent.stop();
  const next = await startAgent(t, options);
  t.match(await call('POST', `${next.url}/allocations`, orders[1]), { status: 400, body: { error: /has ended/ } });
});
