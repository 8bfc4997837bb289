import type { RecordedEvent } from '#domain/ports/event-store.js';

/** Beginnings of the names of the streams that tell of a job: its own, the plan log, and what nodes said of its allocations. */
export function streamsOfJob(jobId: string): readonly string[] {
  return [`job-${jobId}`, 'scheduler', 'node-'];
}

/** Whether an event is of a job's own stream, or names the job: its evaluations, plan entries and allocations do. */
export function concernsJob({ stream, data }: Pick<RecordedEvent, 'stream' | 'data'>, jobId: string): boolean {
  if (stream === `job-${jobId}`) return true;
  // Most events name other jobs: only those that may name this one are parsed.
  return data.includes(jobId) && jobNamedBy(data) === jobId;
}

function jobNamedBy(data: string): unknown {
  try {
    return (JSON.parse(data) as { readonly jobId?: unknown } | null)?.jobId;
  } catch {
    // Another's event: any text.
    return undefined;
  }
}
