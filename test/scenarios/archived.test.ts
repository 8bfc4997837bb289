import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

interface Archived {
  readonly status: string;
  readonly archived?: { readonly at: number; readonly ended_at: number };
}

void t.test(
  'an archived job is removed from lists and read models, but its history survives a rebuild and a move',
  async (t) => {
    const folder = ownFolder(t);
    // A job is archived one second after its end.
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: {
        MUSTER_ENDED_JOBS_DAYS: '0.0000116',
        MUSTER_TEST_API_KEY: 'test-key',
        MUSTER_NODE_TIMEOUT_SECONDS: '600',
      },
    });
    const agent = await startBasicAgent(t, { serverUrl: server.url, nodeId: 'node' });
    const allocationOf = async (id: string): Promise<string> =>
      (await server.api.jobIs(id, 'running')).allocations[0]?.allocation_id ?? '';
    for (const id of ['done', 'fails', 'stays']) await server.api.submit(job(id));
    agent.finish(await allocationOf('done'), 0);
    agent.finish(await allocationOf('fails'), 3);
    await allocationOf('stays');

    const isArchived = async (id: string): Promise<Archived> =>
      await eventually(
        async () => {
          const { body } = await server.api.get<Archived>(`/jobs/${id}`);
          return body.archived === undefined ? undefined : body;
        },
        { timeout: 30_000, what: `the archive of ${id}` },
      );
    const done = await isArchived('done');
    t.match(done, {
      job_id: 'done',
      status: 'complete',
      allocations: [{ node_id: 'node', status: 'complete', tasks: { main: { exit_code: 0 } } }],
    });
    t.ok(done.archived!.at >= done.archived!.ended_at + 1, 'the job is not archived too early');
    t.match(await isArchived('fails'), {
      status: 'failed',
      allocations: [{ status: 'failed', tasks: { main: { exit_code: 3 } } }],
    });
    t.same(
      (await server.api.jobs()).map((each) => each.job_id),
      ['stays'],
    );
    t.match((await server.api.get('/metrics')).text, /^muster_archive_jobs_total 2$/m);

    const cli = { MUSTER_SERVER_URL: server.url };
    const page = await muster(['job', 'status', 'done'], cli);
    t.match(page.stdout, /^Archived +\d{4}-\S+; submit the id again to start a new job$/m);
    const history = await muster(['events', '--job', 'done', '-o', 'wide'], cli);
    for (const type of [
      'JobSubmitted',
      'AllocationPlaced',
      'AllocationStarted',
      'TaskExited',
      'JobFinished',
      'JobArchived',
    ])
      t.match(history.stdout, type);
    t.match((await muster(['job', 'restart', 'done'], cli)).stderr, /is archived/);

    await server.kill();
    await server.wiring.spoilReadModels('gone');
    await server.start();
    t.same(
      (await server.api.get('/jobs/done')).body,
      done,
      'rebuilt read models omit the job too, and the response is the same',
    );
    t.same(
      (await server.api.jobs()).map((each) => each.job_id),
      ['stays'],
    );

    const exported = join(folder, 'log.ndjson');
    t.equal((await muster(['export', '--file', exported], server.settings)).code, 0);
    const moved = join(folder, 'moved');
    mkdirSync(moved);
    t.equal((await muster(['import', exported, '--data-dir', moved])).code, 0);
    t.equal((await muster(['verify', '--data-dir', moved])).code, 0, 'verify succeeds on the moved log');
    t.match(
      (await muster(['events', '--job', 'done', '-o', 'wide', '--data-dir', moved])).stdout,
      /JobArchived/,
    );

    await server.api.submit(job('done'));
    const again = await server.api.jobIs('done', 'running');
    t.notOk('archived' in again);
    t.equal(again.allocations.length, 1, 'the new job has no allocation of the archived one');
    t.same(
      (await server.api.jobs()).map((each) => each.job_id),
      ['stays', 'done'],
    );
    t.same(
      (await readEvents(server, { types: ['JobArchived'] }))
        .map(({ data }) => (data as { jobId: string }).jobId)
        .sort(),
      ['done', 'fails'],
    );
    await invariantsHold(t, server);

    t.equal(
      (await server.api.post('/test/clear-all', undefined, { headers: { 'x-api-key': 'test-key' } })).status,
      200,
    );
    t.equal((await server.api.get('/jobs/fails')).status, 404, 'clear-all deletes archived jobs too');
  },
);
