import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { readEvents } from '../../fixtures/event-log.js';
import { eventually } from '../../fixtures/eventually.js';
import { ownFolder } from '../../fixtures/folder.js';
import { invariantsHold } from '../../fixtures/invariants.js';
import { job } from '../../fixtures/jobs.js';
import { required } from '../../fixtures/requirement.js';
import { startServer, type Server } from '../../fixtures/server.js';
import { allComplete, startBusyAgent, submitAll } from '../../fixtures/through.js';
import { productionMissing, startSurroundings } from '../../fixtures/wiring/production.js';

t.setTimeout(900_000);

const present = (t: Test): boolean =>
  required(t, productionMissing() === undefined, productionMissing() ?? 'the production wiring');
const batch = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    job_id: `${name}-${index}`,
    ...job(`${name}-${index}`, { cpu: 1, memory: 1 }),
  }));
const idsOf = (jobs: readonly { readonly job_id: string }[]): string[] => jobs.map(({ job_id }) => job_id);

async function onceEach(t: Test, server: Server, count: number): Promise<void> {
  const ids = (await readEvents(server, { types: ['JobSubmitted'] })).map((event) => event.stream);
  t.same([ids.length, new Set(ids).size], [count, count], 'each job was submitted once');
}

void t.test(
  'while the event store is stopped for 30 seconds commands are refused at once, and repeating them has one effect',
  async (t) => {
    if (!present(t)) return;
    const folder = ownFolder(t);
    const { wiring, store } = await startSurroundings(t, folder);
    // Connects directly instead of through the proxy, so that the port has no listener while the store is down.
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      wiring,
      env: { MUSTER_EVENTSTORE_URL: store.url, MUSTER_NODE_TIMEOUT_SECONDS: '20' },
    });
    const agent = await startBusyAgent(t, server, 'basic');
    const before = batch('before', 20);
    await submitAll({ servers: [server], jobs: before });

    const meanwhile = batch('meanwhile', 40);
    const refused: (number | undefined)[] = [];
    const submitting = submitAll({
      servers: [server],
      jobs: meanwhile,
      clients: 4,
      onRefusal: (status) => refused.push(status),
    });
    await store.kill();
    const stopped = performance.now();
    const waits: number[] = [];
    while (performance.now() - stopped < 30_000) {
      const asked = performance.now();
      const answer = await server.api.post('/jobs', job('never'), { timeout: 20_000 });
      waits.push(performance.now() - asked);
      t.equal(answer.status, 503);
      t.ok(answer.headers['retry-after'] !== undefined, 'the refusal has a retry-after header');
      const read = await server.api.get('/jobs/before-0', { timeout: 10_000 });
      t.equal(read.status, 200, 'reads continue');
      await pause(2_000);
    }
    waits.sort((a, b) => a - b);
    t.comment(`refused within ${waits.map((wait) => Math.round(wait)).join(', ')} ms`);
    // Refusals are immediate. The limit allows for a busy machine.
    t.ok((waits.at(-1) ?? 0) < 10_000, 'commands are refused before their clients give up');
    const came = performance.now();
    await store.start();
    const acknowledged = await submitting;
    t.comment(
      `all accepted ${Math.round(performance.now() - came)} ms after the store was started again; ${acknowledged.filter(({ tries }) => tries > 1).length} commands sent again`,
    );
    t.ok(
      acknowledged.some(({ tries }) => tries > 1),
      'some commands had to be sent again',
    );
    t.same([...new Set(refused)], [503]);
    await allComplete(server, idsOf([...before, ...meanwhile]), 90_000);
    await onceEach(t, server, 60);
    t.same(
      [...agent.begun.values()].filter((times) => times !== 1),
      [],
      'each order was carried out once',
    );
    t.equal(
      (await readEvents(server, { types: ['NodeWentDown'] })).length,
      0,
      'no node was declared down because of missed heartbeats',
    );
    await invariantsHold(t, server);
  },
);

void t.test(
  'while the event store hangs for 15 seconds, commands are refused, and repeating them has one effect',
  async (t) => {
    if (!present(t)) return;
    const folder = ownFolder(t);
    const { wiring, store } = await startSurroundings(t, folder);
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      wiring,
      env: { MUSTER_EVENTSTORE_URL: store.url, MUSTER_NODE_TIMEOUT_SECONDS: '20' },
    });
    const agent = await startBusyAgent(t, server, 'basic');
    const hung = batch('hung', 200);
    const later = batch('later', 4);
    const jobs = [...hung, ...later];
    const refused: (number | undefined)[] = [];
    const submit = async (some: typeof jobs) =>
      await submitAll({
        servers: [server],
        jobs: some,
        clients: 4,
        timeout: 30_000,
        onRefusal: (status) => refused.push(status),
      });
    const submitting = submit(hung);
    await eventually(() => agent.begun.size > 0, { what: 'the first order' });
    store.pause();
    // All of the others may have been submitted before the first order.
    const submittingLater = submit(later);
    await pause(15_000);
    store.resume();
    const acknowledged = [...(await submitting), ...(await submittingLater)];
    t.comment(
      `${refused.length} refusals, ${acknowledged.filter(({ tries }) => tries > 1).length} commands sent again`,
    );
    t.same([...new Set(refused)], [503], 'every refusal has status 503');
    await allComplete(server, idsOf(jobs), 90_000);
    await onceEach(t, server, jobs.length);
    t.same(
      [...agent.begun.values()].filter((times) => times !== 1),
      [],
      'each order was carried out once',
    );
    t.equal(
      (await readEvents(server, { types: ['NodeWentDown'] })).length,
      0,
      'no node was declared down because of missed heartbeats',
    );
    await invariantsHold(t, server);
  },
);

void t.test(
  'if MongoDB is dropped or stopped during a run, no command fails, and the read models are rebuilt',
  async (t) => {
    if (!present(t)) return;
    const folder = ownFolder(t);
    const { wiring, mongo, dropReadModels } = await startSurroundings(t, folder);
    const server = await startServer(t, { dataDir: join(folder, 'server'), wiring });
    const agent = await startBusyAgent(t, server, 'basic');
    const refused: (number | undefined)[] = [];
    const submit = async (name: string) => {
      const jobs = batch(name, 60);
      await submitAll({ servers: [server], jobs, onRefusal: (status) => refused.push(status) });
      return idsOf(jobs);
    };
    const ids = await submit('before');
    const during = submit('while-dropped');
    for (let times = 0; times < 3; times += 1) {
      await dropReadModels();
      await pause(500);
    }
    ids.push(...(await during));
    await allComplete(server, ids, 120_000);

    const away = submit('while-away');
    await mongo.kill();
    ids.push(...(await away), ...(await submit('still-away')));
    t.same(refused, [], 'every command was accepted at its first attempt');
    const unread = await server.api.get('/jobs', { timeout: 10_000 });
    t.ok(
      unread.status === 503 || unread.headers['x-muster-stale'] === 'true',
      `a GET reports that its data may be stale (${unread.status})`,
    );
    await mongo.start();
    await eventually(async () => (await server.api.get('/readyz')).status === 200, {
      timeout: 60_000,
      what: 'readiness',
    });
    await allComplete(server, ids, 120_000);
    await onceEach(t, server, ids.length);
    t.same(
      [...agent.begun.values()].filter((times) => times !== 1),
      [],
      'each order was carried out once',
    );
    await invariantsHold(t, server);
  },
);
