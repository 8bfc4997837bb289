import { join } from 'node:path';
import t from 'tap';
import { taken } from '../fixtures/api.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

void t.test(
  'a GET can wait for the position of a command, and then shows the effect of that command',
  async (t) => {
    const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
    let last = -1n;
    for (let index = 0; index < 50; index += 1) {
      const answer = await server.api.post('/jobs', job(`job-${index}`));
      const position = BigInt(String(taken(answer) && answer.headers['x-muster-position']));
      t.ok(position > last, 'positions rise');
      last = position;
      const seen = await server.api.get(`/jobs/job-${index}`, {
        headers: { 'x-muster-min-position': String(position) },
      });
      t.equal(seen.status, 200);
      t.not(seen.headers['x-muster-stale'], 'true');
    }
    const future = await server.api.get('/jobs/job-1', {
      headers: { 'x-muster-min-position': String(last + 1_000_000n) },
    });
    t.equal(
      future.headers['x-muster-stale'],
      'true',
      'a GET for a position that is never reached returns current data, marked as stale',
    );
  },
);

void t.test(
  'a command repeated with the same key has one effect and one response, and is refused with another body',
  async (t) => {
    const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
    const options = { headers: { 'idempotency-key': 'key-1' } };
    const body = { task_groups: job('x')['task_groups'] };
    const first = await server.api.post('/jobs', body, options);
    const together = await Promise.all(
      Array.from({ length: 10 }, () => server.api.post('/jobs', body, options)),
    );
    for (const each of together) t.same([each.status, each.body], [200, first.body]);
    await server.restart();
    // This process sees the key for the first time with a different body, so it must find the original in the log.
    const other = await server.api.post(
      '/jobs',
      { task_groups: job('y', { command: 'true' })['task_groups'] },
      options,
    );
    t.equal(other.status, 422);
    t.same(Object.keys(other.body as object), ['error']);
    t.same((await server.api.post('/jobs', body, options)).body, first.body, 'the same after kill -9');
    t.equal((await server.api.jobs()).length, 1);
    await invariantsHold(t, server);
  },
);
