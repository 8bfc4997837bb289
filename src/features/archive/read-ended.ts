import { archivedAllocations, type ArchivedAllocation, type JobArchive } from '#domain/jobs/job/archive.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { allocations, type AllocationDocument } from '#projections/jobs/allocations.js';
import { endedAt, type JobDocument } from '#projections/jobs/jobs.js';

/**
 * Builds the archive of a job from the read models. Returns undefined while the job must not be archived because it has not ended, has an open
 * evaluation, or holds an allocation.
 */
export async function archiveOf(
  job: JobDocument,
  readModels: Pick<ReadModels, 'list'>,
): Promise<JobArchive | undefined> {
  const { jobId, version, status, evaluations } = job;
  const ended = endedAt(job);
  if (ended === undefined || (status !== 'dead' && status !== 'complete' && status !== 'failed'))
    return undefined;
  if (evaluations.some((each) => each.status !== 'complete')) return undefined;
  const all: ArchivedAllocation[] = [];
  for await (const page of readModels.list(allocations.name, { where: { index: 'job', value: jobId } })) {
    for (const { json } of page) {
      const allocation = JSON.parse(json) as AllocationDocument;
      if (allocation.released === null) return undefined;
      all.push(archivedAllocation(allocation));
    }
  }
  return { jobId, version, status, endedAt: ended, ...archivedAllocations(all) };
}

function archivedAllocation(allocation: AllocationDocument): ArchivedAllocation {
  const { status, startTime, endTime, message } = allocation;
  const tasks = Object.entries(allocation.tasks).map(([name, task]) => [
    name,
    {
      status: task.status,
      startTime: task.startTime,
      endTime: task.endTime,
      exitCode: task.exitCode,
      error: task.error,
      message: task.message,
    },
  ]);
  return {
    allocationId: allocation.allocationId,
    jobVersion: allocation.jobVersion,
    group: allocation.group,
    slot: allocation.slot,
    nodeId: allocation.nodeId,
    status,
    startTime,
    endTime,
    message,
    tasks: Object.fromEntries(tasks) as ArchivedAllocation['tasks'],
  };
}
