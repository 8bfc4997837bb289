import t from 'tap';
import { AGGREGATES, isOwnedJob, isOwnStream } from '#test/fixtures/muster-events.js';

void t.test('ids of owned jobs are recognized by the prefixes that owners declare', (t) => {
  for (const id of ['gpu.x', 'task.1.2', 'conda.x', 'service.x']) t.ok(isOwnedJob(id), id);
  for (const id of ['gpu', 'web', 'gpux', 'x.gpu.']) t.notOk(isOwnedJob(id), id);
  t.end();
});

void t.test("Muster's streams are recognized by their category, including reserved categories", (t) => {
  for (const stream of [
    'job-a',
    'cluster',
    'scheduler',
    'node-a-b',
    'tenantname-x',
    'task-1',
    'environment-1',
    'service-1',
    'serviceTemplate-1',
  ])
    t.ok(isOwnStream(stream), stream);
  for (const stream of ['', '-job', 'jobs-a', 'Job-a', 'theirs-job', '$$job-a'])
    t.notOk(isOwnStream(stream), stream);
  t.end();
});

void t.test('accounts and the cluster itself remain after a clear, but workloads do not', (t) => {
  t.strictSame(
    AGGREGATES.filter(({ outlivesClear }) => outlivesClear === true).map(({ category }) => category),
    [
      'cluster',
      'user',
      'tenant',
      'username',
      'email',
      'session',
      'counter',
      'enrolment',
      'secrets',
      'registries',
      'serviceTemplate',
      'quota',
      'attempt',
    ],
  );
  t.end();
});
