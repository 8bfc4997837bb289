import t from 'tap';
import {
  archivedAllocations,
  jobArchive,
  MAX_ARCHIVED_ALLOCATIONS,
  type ArchivedAllocation,
} from '#domain/jobs/job/archive.js';

const allocation = (n: number, message: string | null = null): ArchivedAllocation => ({
  allocationId: `a${n}`,
  jobVersion: 0,
  group: 'web',
  slot: 0,
  nodeId: 'n1',
  status: 'failed',
  startTime: 1,
  endTime: 2,
  message,
  tasks: { main: { status: 'failed', startTime: 1, endTime: 2, exitCode: 1, error: null, message: null } },
});
const some = (count: number, message?: string) =>
  Array.from({ length: count }, (_, n) => allocation(n, message));
const names = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `a${from + n}`);

void t.test('an archive contains the newest fifty allocations and the number of omitted ones', async (t) => {
  for (const [count, leftOut] of [
    [0, 0],
    [MAX_ARCHIVED_ALLOCATIONS, 0],
    [MAX_ARCHIVED_ALLOCATIONS + 1, 1],
    [200, 150],
  ] as const) {
    const kept = archivedAllocations(some(count));
    t.same(
      { names: kept.allocations.map(({ allocationId }) => allocationId), leftOut: kept.leftOut },
      { names: names(leftOut, count), leftOut },
    );
  }
});

void t.test(
  'an archive contains fewer allocations if their messages are long, so that it fits into one event',
  async (t) => {
    const kept = archivedAllocations(some(40, 'x'.repeat(4096)));
    t.ok(JSON.stringify(kept.allocations).length <= 66_000);
    t.same(
      kept.allocations.map(({ allocationId }) => allocationId),
      names(kept.leftOut, 40),
      'the newest allocations remain',
    );
    t.ok(kept.leftOut > 20 && kept.leftOut < 30, String(kept.leftOut));
    t.same(archivedAllocations([allocation(0, 'x'.repeat(100_000))]), { allocations: [], leftOut: 1 });
  },
);

void t.test('only a job that has ended is archived', async (t) => {
  const archive = { jobId: 'j', version: 0, status: 'complete', endedAt: 1, ...archivedAllocations(some(3)) };
  t.ok(jobArchive.safeParse(archive).success);
  for (const status of ['running', 'pending', 'lost', 'blocked'])
    t.notOk(jobArchive.safeParse({ ...archive, status }).success, status);
});
