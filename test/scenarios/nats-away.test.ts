import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { Diary, job } from '../fixtures/jobs.js';
import { NatsServer } from '../fixtures/nats-server.js';
import { onEachNats } from '../fixtures/nats-scene.js';
import { startServer } from '../fixtures/server.js';

/** Many times the node timeout of this scenario. */
const OUTAGE_MS = 15_000;

onEachNats(
  t,
  'work goes on while NATS is killed or hangs for longer than the node timeout, and is not repeated',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary });
    const folder = ownFolder(t);
    const diary = new Diary(join(folder, 'diary'));
    mkdirSync(diary.folder);
    const env = { MUSTER_NATS_URL: nats.url };
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: { ...env, MUSTER_NODE_TIMEOUT_SECONDS: '3', MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS: '1' },
    });
    await startAgent(t, server, {
      dataDir: join(folder, 'agent'),
      env: { ...env, MUSTER_SERVER_URL: '', MUSTER_HEARTBEAT_SECONDS: '1' },
    });
    await server.api.submit(job('long', { command: diary.command('long', 600, 0) }));
    await server.api.jobIs('long', 'running', 30_000);
    for (const outage of ['hangs', 'is killed'] as const) {
      const began = Date.now();
      if (outage === 'hangs') nats.pause();
      else await nats.kill();
      await eventually(() => Date.now() - began > OUTAGE_MS, { timeout: 2 * OUTAGE_MS });
      if (outage === 'hangs') nats.resume();
      else await nats.start();
      const [node] = await server.api.nodes();
      const before = node?.last_heartbeat;
      await eventually(async () => (await server.api.nodes())[0]?.last_heartbeat !== before, {
        timeout: 30_000,
        what: 'a heartbeat after the outage',
      });
      t.equal(diary.count('long', 'started'), 1, `NATS ${outage}: the work was not started again`);
      const { text } = await server.api.get('/audit/events?type=NodeWentDown&follow=false');
      t.notMatch(text, 'NodeWentDown', `NATS ${outage}: the node was not declared down`);
    }
  },
);
