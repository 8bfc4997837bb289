import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { readEvents, readRecorded } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { startServer, type Server } from '../fixtures/server.js';

t.setTimeout(900_000);

/** Fills a cluster with jobs in every state that can be reached quickly. Returns the paths whose responses are compared. */
async function livedIn(t: Test, server: Server): Promise<string[]> {
  const agent = await startBasicAgent(t, {
    serverUrl: server.url,
    nodeId: 'node',
    interval: 0,
    resources: { cpu: 1000, memory: 1000 },
  });
  const evaluations: string[] = [];
  for (const id of ['completes', 'fails', 'runs', 'stops', 'is-deleted', 'is-updated'])
    evaluations.push((await server.api.submit(job(id, { cpu: 50, memory: 50 }))).evaluation_id);
  await eventually(() => agent.running().length === 6, { what: 'six running allocations' });
  await agent.heartbeat();
  for (const id of ['completes', 'fails'])
    agent.finish((await server.api.job(id)).allocations[0]?.allocation_id ?? '', id === 'fails' ? 2 : 0);
  await agent.heartbeat();
  await server.api.delete('/jobs/stops');
  await server.api.post('/jobs/is-deleted/delete');
  evaluations.push(
    (
      await server.api.put<{ evaluation_id: string }>(
        '/jobs/is-updated',
        job('is-updated', { cpu: 60, memory: 60 }),
      )
    ).body.evaluation_id,
  );
  const templates: string[] = [];
  for (let index = 0; index < 3; index += 1)
    templates.push(
      (await server.api.post<{ template_id: string }>('/templates', { name: `template ${index}` })).body
        .template_id,
    );
  await server.api.put(`/templates/${templates[0]}`, { description: 'changed' });
  await server.api.delete(`/templates/${templates[1]}`);
  await server.api.jobIs('completes', 'complete');
  await server.api.jobIs('fails', 'failed');
  await server.api.jobIs('stops', 'dead');
  await eventually(
    async () => {
      await agent.heartbeat();
      return (
        (await server.api.job('is-updated')).status === 'running' &&
        (await server.api.job('stops')).allocations[0]?.status === 'stopped'
      );
    },
    { what: 'a settled cluster' },
  );
  // Submits the blocked job last, because its reasons are updated a second or more after capacity changes.
  await eventually(async () => (await readEvents(server, { types: ['AllocationReleased'] })).length === 5, {
    what: 'five releases',
  });
  evaluations.push((await server.api.submit(job('blocked', { cpu: 5_000 }))).evaluation_id);
  await server.api.jobIs('blocked', 'blocked');
  return [
    '/jobs',
    '/nodes',
    '/templates',
    ...['completes', 'fails', 'runs', 'stops', 'is-deleted', 'is-updated', 'blocked'].map(
      (id) => `/jobs/${id}`,
    ),
    ...templates.map((id) => `/templates/${id}`),
    ...evaluations.map((id) => `/evaluations/${id}`),
  ];
}

async function answers(server: Server, paths: readonly string[]): Promise<unknown[]> {
  return await Promise.all(
    paths.map(async (path) => {
      const { status, text } = await server.api.get(path);
      return [path, status, text];
    }),
  );
}

/** Counts the events that a response may depend on. Leases change with every restart but affect no response. */
async function told(server: Server): Promise<number> {
  return (await readRecorded(server)).filter(({ stream }) => !stream.startsWith('lease-')).length;
}

/**
 * Reads responses before and after a change of the read models. If the log grew in between, for example because the reasons
 * of a waiting job were updated, a response may differ, so both are read again.
 */
async function around(
  server: Server,
  paths: readonly string[],
  damage: () => Promise<void>,
): Promise<{ before: unknown[]; after: unknown[] }> {
  // State that exists only in memory (when a node was last seen) is lost with any restart, so a restart comes first.
  await server.restart();
  for (let round = 0; round < 10; round += 1) {
    const events = await told(server);
    const before = await answers(server, paths);
    await damage();
    await server.start();
    const after = await answers(server, paths);
    if ((await told(server)) === events) return { before, after };
  }
  throw new Error('the log grew in each of ten rounds');
}

for (const end of ['stopped', 'killed'] as const) {
  void t.test(
    `if the read models are deleted while the server is ${end}, every GET responds as before`,
    async (t) => {
      const server = await startServer(t, {
        dataDir: join(ownFolder(t), 'server'),
        env: { MUSTER_NODE_TIMEOUT_SECONDS: '600' },
      });
      const paths = await livedIn(t, server);
      const { before, after } = await around(server, paths, async () => {
        await (end === 'stopped' ? server.stop() : server.kill());
        await server.wiring.spoilReadModels('gone');
      });
      t.equal(
        before.filter((answer) => (answer as [string, number])[1] === 200).length,
        paths.length - 3,
        'only what was deleted (a job, its evaluation, a template) is 404',
      );
      t.same(after, before);
      await invariantsHold(t, server);
    },
  );
}

void t.test('corrupt read models are rebuilt', async (t) => {
  const server = await startServer(t, {
    dataDir: join(ownFolder(t), 'server'),
    env: { MUSTER_NODE_TIMEOUT_SECONDS: '600' },
  });
  const paths = await livedIn(t, server);
  const { before, after } = await around(server, paths, async () => {
    await server.kill();
    await server.wiring.spoilReadModels('garbage');
  });
  t.same(after, before);
  await invariantsHold(t, server);
});
