import { jobs } from '#domain/jobs/job/aggregate.js';
import { jobEvents } from '#domain/jobs/job/events.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import { catalogOf } from '#domain/kernel/catalog/index.js';
import { isOneOf, only, type RecordedOf } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';

const JOBS = catalogOf(jobs);
/** Events that contain a specification. Each of them is a version. */
const VERSIONS = only(jobEvents, 'JobSubmitted', 'JobUpdated', 'JobRestarted');
export type VersionEvent = RecordedOf<typeof VERSIONS>;

export async function* versionsOf(
  store: EventStore,
  jobId: string,
  first: number,
  before?: number,
): AsyncGenerator<VersionEvent> {
  if (before !== undefined && before <= first) return;
  const from = before === undefined ? {} : { from: before - 1 };
  for await (const page of store.readStream(streamOf(jobId), { direction: 'backwards', ...from }))
    for (const recorded of page) {
      if (recorded.revision < first) return;
      const event = JOBS.decodeOurs(recorded);
      if (event !== undefined && isOneOf(VERSIONS, event)) yield event;
    }
}

export async function specificationOf(
  store: Pick<EventStore, 'readStream'>,
  jobId: string,
  version: number,
): Promise<JobSpecification | undefined> {
  for await (const [recorded] of store.readStream(streamOf(jobId), { from: version, limit: 1 })) {
    if (recorded?.revision !== version) return undefined;
    const event = JOBS.decodeOurs(recorded);
    return event !== undefined && isOneOf(VERSIONS, event) ? event.data.specification : undefined;
  }
  return undefined;
}

function streamOf(jobId: string): string {
  return `job-${jobId}`;
}
