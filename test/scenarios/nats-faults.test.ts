import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually } from '../fixtures/eventually.js';
import { faultyMessages } from '../fixtures/faulty-messages.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { Diary, job } from '../fixtures/jobs.js';
import { NatsServer } from '../fixtures/nats-server.js';
import { onEachNats } from '../fixtures/nats-scene.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(900_000);

onEachNats(
  t,
  'two hundred jobs on two agents each run once while messages are dropped, duplicated, reordered and replayed',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary });
    const seed = 11;
    const faults = await faultyMessages(t, nats.port, seed);
    const folder = ownFolder(t);
    const diary = new Diary(join(folder, 'diary'));
    mkdirSync(diary.folder);
    const env = { MUSTER_NATS_URL: nats.urlAt(faults.port) };
    // Missing heartbeats are not the subject of this test, so a node is not lost soon.
    const patience = { MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS: '1', MUSTER_NODE_TIMEOUT_SECONDS: '120' };
    const server = await startServer(t, { dataDir: join(folder, 'server'), env: { ...env, ...patience } });
    for (const name of ['a', 'b'])
      await startAgent(t, server, {
        dataDir: join(folder, name),
        env: {
          ...env,
          MUSTER_SERVER_URL: '',
          MUSTER_HEARTBEAT_SECONDS: '1',
          MUSTER_AGENT_RESOURCES: 'cpu=4000,memory=4096',
        },
      });
    faults.odds = { drop: 0.1, double: 0.3, reorder: 0.2, again: 0.3 };

    const ids = Array.from({ length: 200 }, (_, index) => `job-${index}`);
    await Promise.all(
      ids.map((id) => server.api.submit(job(id, { command: diary.command(id, 0, 0), cpu: 100, memory: 16 }))),
    );
    await eventually(async () => (await server.api.jobs()).every(({ status }) => status === 'complete'), {
      timeout: 180_000,
      interval: 250,
      what: 'the end of all jobs',
    });
    faults.replay();
    await server.api.submit(job('last', { command: 'true' }));
    await server.api.jobIs('last', 'complete', 60_000);
    t.comment(`seed ${seed}: ${JSON.stringify(faults.counts)}`);
    t.ok(Math.min(...Object.values(faults.counts)) > 0, 'each kind of fault occurred');
    t.same(
      ids.filter((id) => diary.count(id, 'started') !== 1 || diary.count(id, 'doubled') !== 0),
      [],
      'each job ran once',
    );
    t.same(
      (await server.api.jobs()).filter(({ allocations }) => allocations.length !== 1),
      [],
      'each job has one allocation',
    );
    await invariantsHold(t, server);
  },
);
