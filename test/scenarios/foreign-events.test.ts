import { join } from 'node:path';
import t from 'tap';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { appendForeign, FOREIGN } from '../fixtures/foreign-events.js';
import { job } from '../fixtures/jobs.js';
import { muster } from '../fixtures/program.js';
import { prepareServer } from '../fixtures/server.js';
import { embeddedWiring } from '../fixtures/wiring/embedded.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';

t.setTimeout(600_000);

const STREAMS = [
  'job-poisoned',
  'job-later',
  'node-node',
  'scheduler',
  'cluster',
  'lease-dispatcher',
  'lease-liveness',
  'template-a',
  'user-a',
  'counter-gpuNode',
  'gpuClaim-a',
];

void t.test(
  "events that other programs write into Muster's streams are skipped, counted and reported",
  async (t) => {
    const dataDir = join(ownFolder(t), 'server');
    const server = await prepareServer(t, {
      dataDir,
      wiring: await embeddedWiring(t, dataDir),
      env: { MUSTER_NODE_TIMEOUT_SECONDS: '600' },
    });
    const poison = async (streams: readonly string[]): Promise<number> => {
      const store = await openSqliteEventStore({ directory: dataDir });
      let count = 0;
      for (const stream of streams) count += await appendForeign(store, stream);
      await store.close();
      return count;
    };
    let count = await poison(STREAMS);
    await server.start();
    const agent = await startBasicAgent(t, {
      serverUrl: server.url,
      nodeId: 'node',
      interval: 0,
      resources: { cpu: 1000, memory: 1000 },
    });
    const runs = async (id: string): Promise<void> => {
      await server.api.submit(job(id, { cpu: 50, memory: 50 }));
      await eventually(
        async () => {
          await agent.heartbeat();
          return (await server.api.job(id)).status === 'running';
        },
        { what: `${id} running` },
      );
    };
    await runs('poisoned');
    await runs('plain');

    // Adds foreign events after Muster's own, to be read from checkpoints and snapshots.
    await server.stop();
    count += await poison(STREAMS);
    await server.start();
    await runs('later');
    t.equal((await server.api.job('poisoned')).status, 'running');
    await server.api.post('/jobs/poisoned/delete');

    const { checks } = JSON.parse((await server.api.get('/readyz?verbose')).text) as {
      checks: { name: string; ok: boolean; detail: string }[];
    };
    t.match(
      checks.find(({ name }) => name === 'foreign-events'),
      {
        ok: true,
        detail: `${count} in Muster's streams, ignored; the latest is gpuClaim-a@${2 * FOREIGN.length - 1}`,
      },
    );
    t.match(
      (await server.api.get('/metrics')).text,
      new RegExp(`^muster_foreign_events\\{scheduler="0"\\} ${count}$`, 'm'),
    );
    const audited = await server.api.get('/audit/events?limit=1000');
    t.equal(audited.status, 200);
    t.notMatch(audited.text, /poison"|OrderShipped/);
    const listed = await muster(['events', '--data-dir', dataDir, '-o', 'json']);
    t.equal(listed.code, 0, listed.stderr);
    t.match(listed.stdout, /OrderShipped/, 'the list of events includes the foreign event');
    await server.kill();
    await server.start();
    const verified = await muster(['verify', '--data-dir', dataDir]);
    t.equal(verified.code, 0, `${verified.stdout}${verified.stderr}`);
    t.match(
      verified.stdout,
      new RegExp(`^${count} foreign events in Muster's streams, ignored: job-poisoned@0, `, 'm'),
    );
    await server.kill();
  },
);
