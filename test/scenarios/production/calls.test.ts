import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import t from 'tap';
import { eventually } from '../../fixtures/eventually.js';
import { ownFolder } from '../../fixtures/folder.js';
import { job } from '../../fixtures/jobs.js';
import { required } from '../../fixtures/requirement.js';
import { startServer, type Server } from '../../fixtures/server.js';
import { productionMissing, startSurroundings } from '../../fixtures/wiring/production.js';

const JOBS = 100;
const IDLE_SECONDS = 5;

type Counts = Readonly<Record<string, number>>;

/** Returns the sum of what has been counted since `before`, of these commands or of all. */
function since(before: Counts, now: Counts, commands = Object.keys(now)): number {
  return commands.reduce((sum, each) => sum + (now[each] ?? 0) - (before[each] ?? 0), 0);
}

async function appendsOf({ api }: Server): Promise<number> {
  const { text } = await api.get('/metrics');
  return Number(/^muster_event_store_append_duration_seconds_count(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1]);
}

/**
 * Commands are submitted one after the other, so nothing is batched: with several at a time, there are fewer calls for each. The bounds are what was
 * counted, rounded up, and should only ever fall.
 */
void t.test('makes a bounded number of calls to the stores for each command', async (t) => {
  const missing = productionMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const folder = ownFolder(t);
  const { wiring, mongo, networks } = await startSurroundings(t, folder);
  const start = async (name: string, env = {}): Promise<Server> =>
    await startServer(t, { dataDir: join(folder, name), wiring, env });
  const server = await start('all');
  const other = await start('api', { MUSTER_ROLES: 'api' });
  const client = new MongoClient(mongo.place('muster').url);
  t.teardown(() => client.close());
  const counts = async (): Promise<Counts> => {
    const { metrics } = await client.db().admin().command({ serverStatus: 1 });
    const all = Object.entries((metrics as { commands: Record<string, { total: unknown }> }).commands);
    return Object.fromEntries(all.map(([command, { total }]) => [command, Number(total)]));
  };
  /** KiB that have passed between the servers and the event store or NATS, by direction. */
  const traffic = (): Counts =>
    Object.fromEntries(
      (['store', 'nats'] as const).flatMap((part) =>
        Object.entries(networks[part].passed).map(([towards, bytes]) => [`${part} ${towards}`, bytes / 1024]),
      ),
    );
  const submit = async (name: string): Promise<void> =>
    void (await server.api.submit({ job_id: name, ...job(name) }));
  const shown = async (name: string): Promise<void> =>
    void (await eventually(async () => (await other.api.get(`/jobs/${name}`)).status === 200));
  await submit('first');
  await shown('first');

  const [before, trafficBefore, appendsBefore, begun] = [
    await counts(),
    traffic(),
    await appendsOf(server),
    performance.now(),
  ];
  for (let n = 0; n < JOBS; n += 1) await submit(`job-${n}`);
  await shown(`job-${JOBS - 1}`);
  const [after, appendsAfter, seconds] = [
    await counts(),
    await appendsOf(server),
    (performance.now() - begun) / 1000,
  ];
  const trafficAfter = traffic();
  const kib = (way: string): number => since(trafficBefore, trafficAfter, [way]) / JOBS;
  // Both servers read each event once, and one of them publishes it.
  for (const [way, most] of [
    ['store server', 2],
    ['store client', 6],
    ['nats server', 2.5],
    ['nats client', 0.5],
  ] as const)
    t.ok(kib(way) <= most, `${way}: ${kib(way).toFixed(2)} KiB for each job`);
  const each = (...commands: string[]): number => since(before, after, commands) / JOBS;
  t.comment(JSON.stringify({ seconds, update: each('update'), insert: each('insert'), find: each('find') }));
  t.ok(appendsAfter - appendsBefore <= 1.2 * JOBS, `${(appendsAfter - appendsBefore) / JOBS} appends`);
  t.ok(each('update', 'insert', 'delete') <= 5, `${each('update', 'insert', 'delete')} writes`);
  // The other server waits for the read models at most every 50 ms, and then looks every 15 ms. What nothing has changed is not read.
  const looks = since(before, after, ['find']);
  t.ok(looks <= JOBS + 30 * seconds, `${looks} reads in ${seconds} s`);
  const checks = since(before, after, ['listCollections']);
  t.ok(checks <= 0.2 * JOBS + 2 * seconds, `${checks} checks of collections in ${seconds} s`);

  await sleep(2_000);
  const quiet = await counts();
  await sleep(IDLE_SECONDS * 1000);
  const idle = since(quiet, await counts()) / IDLE_SECONDS;
  t.ok(idle <= 9, `${idle} commands a second while nothing happens`);
});
