import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

/** Returns prefixes of the streams about a job: its own, the plan log, and reports of nodes on its allocations. */
export function streamsOfJob(jobId: string): readonly string[] {
  return [`job-${jobId}`, 'scheduler', 'node-'];
}

/** Whether an event is in a job's own stream or names the job, as evaluations, plan entries and allocations do. */
export function concernsJob(
  { stream, data }: Pick<RecordedEvent, 'stream' | 'data'>,
  jobId: string,
): boolean {
  if (stream === `job-${jobId}`) return true;
  // Most events name other jobs, so only those that may name this one are parsed.
  return data.includes(jobId) && jobNamedBy(data) === jobId;
}

function jobNamedBy(data: string): unknown {
  try {
    return (JSON.parse(data) as { readonly jobId?: unknown } | null)?.jobId;
  } catch {
    // A foreign event may hold any text.
    return undefined;
  }
}
