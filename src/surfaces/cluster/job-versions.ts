import { decodeOurs, type RecordedMusterEvent } from '#domain/event-types/index.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';

/** Events that contain a specification. Each of them is a version. */
export type VersionEvent = Extract<
  RecordedMusterEvent,
  { readonly type: 'JobSubmitted' | 'JobUpdated' | 'JobRestarted' }
>;

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
      const event = decodeOurs(recorded);
      if (event !== undefined && isVersion(event)) yield event;
    }
}

export async function specificationOf(
  store: Pick<EventStore, 'readStream'>,
  jobId: string,
  version: number,
): Promise<JobSpecification | undefined> {
  for await (const [recorded] of store.readStream(streamOf(jobId), { from: version, limit: 1 })) {
    if (recorded?.revision !== version) return undefined;
    const event = decodeOurs(recorded);
    return event !== undefined && isVersion(event) ? event.data.specification : undefined;
  }
  return undefined;
}

function isVersion(event: RecordedMusterEvent): event is VersionEvent {
  return event.type === 'JobSubmitted' || event.type === 'JobUpdated' || event.type === 'JobRestarted';
}

function streamOf(jobId: string): string {
  return `job-${jobId}`;
}
