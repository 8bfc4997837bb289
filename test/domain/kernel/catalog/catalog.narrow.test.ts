import t from 'tap';
import { claims } from '#domain/gpu/claim/aggregate.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import { jobEvents } from '#domain/jobs/job/events.js';
import { catalog, catalogOf } from '#domain/kernel/catalog/index.js';
import { isOneOf, metadataText, only, type AnyEvent, type Recorded } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

const OURS = metadataText({ $correlationId: 'c', $causationId: 'd', at: 1 }, 1);
const stopped = { type: 'JobStopped', data: '{"jobId":"a","evaluationId":"e"}' };
const ended = { type: 'GpuClaimEnded', data: '{"claimId":"c","userId":"u","outcome":"failed"}' };
const stored = (stream: string, event: Partial<RecordedEvent>, metadata = OURS): RecordedEvent => ({
  id: 'e',
  type: '',
  data: '{}',
  stream,
  revision: 0,
  position: 1n,
  created: 1,
  metadata,
  ...event,
});

void t.test('a catalog of some kinds of streams reads only these', async (t) => {
  for (const jobsOnly of [catalog([jobs]), catalogOf(jobs)]) {
    t.match(jobsOnly.decodeOurs(stored('job-a', stopped)), { type: 'JobStopped', data: { jobId: 'a' } });
    t.equal(jobsOnly.decodeOurs(stored('gpuClaim-u', ended)), undefined, 'a stream of another kind');
    t.equal(jobsOnly.ownershipOf(stored('gpuClaim-u', ended)), 'others');
    t.equal(jobsOnly.decodeOurs(stored('job-a', stopped, '{}')), undefined, 'written by another program');
    for (const other of [{ type: 'MoonRose' }, ended])
      t.throws(() => jobsOnly.decodeOurs(stored('job-a', other)), { code: 'MUSTER_E_EVENT_UNKNOWN' });
    t.throws(
      () =>
        jobsOnly.encode({ type: 'GpuClaimEnded', data: {} }, { $correlationId: '', $causationId: '', at: 0 }),
      {
        code: 'MUSTER_E_EVENT_UNKNOWN',
      },
    );
  }
  const both = catalog([jobs, claims]);
  t.match(both.decodeOurs(stored('gpuClaim-u', ended)), { type: 'GpuClaimEnded' });
  t.strictSame([...both.categories], ['job', 'gpuClaim']);
});

void t.test('the catalog of one kind is made once', async (t) => {
  t.equal(catalogOf(jobs), catalogOf(jobs));
});

void t.test('a table selects types, and recognizes their events', async (t) => {
  const table = only(jobEvents, 'JobStopped', 'JobDeleted');
  t.strictSame(Object.keys(table), ['JobStopped', 'JobDeleted']);
  t.equal(table.JobStopped, jobEvents.JobStopped);
  const event = (type: string): Recorded<AnyEvent> => ({
    type,
    data: {},
    id: '',
    stream: '',
    revision: 0,
    position: 0n,
    metadata: { $correlationId: '', $causationId: '', at: 0, v: 1 },
  });
  t.ok(isOneOf(table, event('JobDeleted')));
  for (const type of ['JobSubmitted', 'toString']) t.notOk(isOneOf(table, event(type)), type);
});
