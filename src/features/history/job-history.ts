import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

/**
 * Returns prefixes of the streams with events about a job: its own stream, the plan log, the node streams with reports about its allocations, and the
 * streams of commands that were run in them.
 */
export function streamsOfJob(jobId: string): readonly string[] {
  return [`job-${jobId}`, 'scheduler', 'node-', 'command-'];
}

/** Whether an event is in a job's own stream or names the job, like events about evaluations, plan entries and allocations. */
export function concernsJob(
  { stream, data }: Pick<RecordedEvent, 'stream' | 'data'>,
  jobId: string,
): boolean {
  if (stream === `job-${jobId}`) return true;
  return data.includes(jobId) && jobNamedBy(data) === jobId;
}

function jobNamedBy(data: string): unknown {
  try {
    return (JSON.parse(data) as { readonly jobId?: unknown } | null)?.jobId;
  } catch {
    // A foreign event may contain any text.
    return undefined;
  }
}
