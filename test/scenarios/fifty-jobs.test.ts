import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { Diary, job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

void t.test(
  'fifty jobs on three agents each run once, and their outcomes are reported correctly',
  async (t) => {
    const folder = ownFolder(t);
    const diary = new Diary(join(folder, 'diary'));
    mkdirSync(diary.folder);
    const server = await startServer(t, { dataDir: join(folder, 'server') });
    for (const name of ['a', 'b', 'c']) await startAgent(t, server, { dataDir: join(folder, name) });
    t.equal((await server.api.nodes()).length, 3);

    const ids = Array.from({ length: 50 }, (_, index) => `job-${index}`);
    const exitCode = (id: string): number => (Number(id.slice(4)) % 10 === 7 ? 7 : 0);
    const submitted = await Promise.all(
      ids.map((id) =>
        server.api.submit(job(id, { command: diary.command(id, 0.2, exitCode(id)), cpu: 50, memory: 16 })),
      ),
    );
    t.same(
      submitted.map((answer) => answer.job_id),
      ids,
    );
    t.equal(
      new Set(submitted.map((answer) => answer.evaluation_id)).size,
      50,
      'every submission has an evaluation of its own',
    );

    const ended = await eventually(
      async () => {
        const jobs = await server.api.jobs();
        const open = jobs.filter((each) => each.status !== 'complete' && each.status !== 'failed');
        if (open.length > 0) throw new Error(`${open.length} not ended, such as ${JSON.stringify(open[0])}`);
        return jobs;
      },
      { timeout: 60_000, interval: 100, what: 'the end of all jobs' },
    );
    // The jobs were sent concurrently, so only the log has their order.
    const taken = (await readEvents(server, { streamPrefixes: ['job-'] })).flatMap((event) =>
      event.type === 'JobSubmitted' ? [event.data.jobId] : [],
    );
    t.same([...taken].sort(), [...ids].sort());
    t.same(
      ended.map((each) => each.job_id),
      taken,
      'jobs are listed in the order in which they were accepted',
    );
    for (const each of ended) {
      t.equal(each.status, exitCode(each.job_id) === 0 ? 'complete' : 'failed', `status of ${each.job_id}`);
      t.equal(each.allocations.length, 1, `one allocation of ${each.job_id}`);
      t.match(each.allocations[0], {
        status: each.status,
        tasks: { main: { status: each.status, exit_code: exitCode(each.job_id) } },
      });
      t.same(
        [
          diary.count(each.job_id, 'started'),
          diary.count(each.job_id, 'ended'),
          diary.count(each.job_id, 'doubled'),
        ],
        [1, 1, 0],
        `${each.job_id} ran once`,
      );
    }
    await invariantsHold(t, server);
  },
);
