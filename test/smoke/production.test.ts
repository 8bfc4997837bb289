import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { Diary, job } from '../fixtures/jobs.js';
import { required } from '../fixtures/requirement.js';
import { startServer, type Server } from '../fixtures/server.js';
import { allComplete, submitAll } from '../fixtures/through.js';
import { productionMissing, startSurroundings } from '../fixtures/wiring/production.js';

const SERVERS = ['one', 'two'];

/** Returns the position of the first event of a job. */
async function submittedAt(server: Server, id: string): Promise<string> {
  const path = `/audit/changes?of=job:${id}&direction=forwards&limit=1`;
  const { body, text } = await server.api.get<{ changes?: readonly { position: string }[] }>(path);
  const position = body.changes?.[0]?.position;
  if (position === undefined) throw new Error(`no change of job ${id}: ${text}`);
  return position;
}

void t.test(
  'jobs run once over EventStoreDB, MongoDB and NATS while a server and the event store are killed',
  async (t) => {
    const missing = productionMissing();
    if (!required(t, missing === undefined, missing ?? '')) return;
    const folder = ownFolder(t);
    const { wiring, store } = await startSurroundings(t, folder);
    const env = { MUSTER_HISTORY: 'on' };
    const [one, two] = (await Promise.all(
      SERVERS.map(async (name) => await startServer(t, { dataDir: join(folder, name), wiring, env })),
    )) as [Server, Server];
    await startAgent(t, one, {
      dataDir: join(folder, 'agent'),
      env: { MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS: '2' },
    });
    const diary = new Diary(folder);
    const run = async (id: string, timeout: number): Promise<void> => {
      const jobs = [{ job_id: id, ...job(id, { command: diary.command(id, 0), cpu: 1, memory: 1 }) }];
      await submitAll({ servers: [two], jobs, patience: timeout });
      await allComplete(two, [id], timeout);
    };

    await run('first', 30_000);
    await one.kill();
    await run('server-killed', 60_000);
    await store.kill();
    await store.start();
    await run('store-killed', 60_000);
    await one.start();
    await allComplete(one, ['first', 'server-killed', 'store-killed'], 30_000);

    t.same(
      diary.names().map((name) => [name, diary.count(name, 'started'), diary.count(name, 'ended')]),
      [
        ['first', 1, 1],
        ['server-killed', 1, 1],
        ['store-killed', 1, 1],
      ],
      'each process ran once',
    );
    const then = await two.api.get(`/jobs?as_of=${await submittedAt(two, 'server-killed')}`);
    t.match(then.body, { jobs: { length: 2 } }, 'a list as of a position shows the jobs of that time');
    await invariantsHold(t, two);
  },
);
