import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'nats';
import t from 'tap';
import { publishedEvent } from '#domain/kernel/published-event.js';
import { startAgent } from '../fixtures/agent.js';
import { EVENTS_STREAM } from '#src/messaging/index.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { NatsServer } from '../fixtures/nats-server.js';
import { onEachNats } from '../fixtures/nats-scene.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

onEachNats(
  t,
  'an agent with nothing but a NATS connection runs jobs, with and without an outage of NATS',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary, jetstream: true });
    const folder = ownFolder(t);
    const token = 'x'.repeat(20);
    const env = { MUSTER_NATS_URL: nats.url, MUSTER_JOIN_TOKEN: token };
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: { ...env, MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS: '1' },
    });
    const agent = await startAgent(t, server, {
      dataDir: join(folder, 'agent'),
      env: { ...env, MUSTER_SERVER_URL: '' },
    });
    t.match(readFileSync(join(folder, 'agent/agent/log-id'), 'utf8'), /^[0-9a-f]{32}$/, 'it knows the log');
    const { api } = server;
    const watcher = await connect({ ...nats.login, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    t.teardown(() => watcher.close());
    const published = new Set<string>();
    watcher.subscribe('muster.events.>', {
      callback: (_error, message) => void published.add(publishedEvent.parse(message.json()).type),
    });
    const file = join(folder, 'lines');
    const job = (id: string, then: string) => ({
      job_id: id,
      task_groups: [
        {
          name: 'web',
          tasks: [{ name: 'main', config: { command: `echo ${id}; echo ${id} >> ${file}; ${then}` } }],
        },
      ],
    });
    const lines = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);

    await api.submit(job('runs', 'sleep 1000'));
    const running = await api.jobIs('runs', 'running');
    const log = `/jobs/runs/allocations/${running.allocations[0]?.allocation_id ?? ''}/logs`;
    await eventually(
      async () => {
        const { status, text } = await api.get(log);
        return status === 200 && text === 'runs\n';
      },
      { what: 'the log of the job, which is read over NATS too' },
    );

    await nats.kill();
    await api.submit(job('meanwhile', 'true'));
    await eventually(
      async () => JSON.stringify((await api.get('/readyz?verbose')).body).includes('not connected'),
      { what: 'readiness that reports the outage' },
    );
    await nats.start();
    await api.jobIs('meanwhile', 'complete');
    await api.jobIs('runs', 'running');
    t.same(lines(), ['runs', 'meanwhile']);

    await agent.kill();
    await agent.start();
    await api.jobIs('runs', 'running');
    await api.delete('/jobs/runs');
    await api.jobIs('runs', 'dead');
    t.same(lines(), ['runs', 'meanwhile'], 'no task was started twice');
    await eventually(
      () =>
        [
          'muster.job.JobSubmitted',
          'muster.scheduler.AllocationPlaced',
          'muster.node.AllocationStarted',
          'muster.job.JobStopped',
        ].every((type) => published.has(type)),
      { what: 'published events' },
    );
    const events = await readEvents(server);
    const manager = await watcher.jetstreamManager();
    await eventually(
      async () => (await manager.streams.info(EVENTS_STREAM)).state.messages >= events.length,
      { what: 'every event in the stream' },
    );
    t.match(
      (await api.get('/metrics')).text,
      /^muster_nats_connected 1$[^]*^muster_nats_reconnects_total 1$[^]*^muster_publisher_leading 1$[^]*^muster_published_events_total [1-9]/m,
    );
    t.match(await agent.stop(), { code: 0 });
    t.match(await server.stop(), { code: 0 }, 'NATS does not delay the end of the server');
  },
);
