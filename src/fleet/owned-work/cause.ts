import { isMusterError } from '#domain/kernel/errors/index.js';
import { readMetadata, streamName } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { WorkItem, WorkView } from '#domain/work/index.js';
import type { Cause } from '#domain/kernel/ports/command-executor.js';
import type { AnyOwnedWork, WorkOrigin } from './owned-work.js';

/** How many of the latest events are searched for the origin of an item, per attempt. The first attempt is small, because it usually suffices. */
const SEARCHED_EVENTS = [4, 100];

/** Returns the cause of an item from the log. If there is no origin, the item's commands begin a causal chain of their own. */
export async function causeOf(
  work: Pick<AnyOwnedWork, 'aggregate' | 'origin'>,
  document: unknown,
  { workId }: WorkItem,
  store: Pick<EventStore, 'readStream'>,
): Promise<Cause> {
  const origin = work.origin?.(document);
  const found = origin && (await newestOf(work.aggregate.stream(origin.stream), origin, store));
  return found ?? { correlationId: workId, causationId: workId };
}

/** Returns the cause of events that result from an item's job, such as its end: the latest specification of the job. */
export function causeByJob(cause: Cause, { jobId }: WorkItem, { job, version }: WorkView): Cause {
  if (jobId === '' || job === 'none') return cause;
  return { ...cause, causationId: `${streamName('job', jobId)}@${version}` };
}

async function newestOf(
  stream: string,
  { fields }: WorkOrigin,
  store: Pick<EventStore, 'readStream'>,
): Promise<Cause | undefined> {
  try {
    for (const limit of SEARCHED_EVENTS)
      for await (const page of store.readStream(stream, { direction: 'backwards', limit }))
        for (const { data, metadata, revision } of page) {
          const correlationId = readMetadata(metadata)?.$correlationId;
          if (correlationId !== undefined && concerns(data, fields))
            return { correlationId, causationId: `${stream}@${revision}` };
        }
  } catch (error) {
    if (!isMusterError(error, 'MUSTER_E_STREAM_DELETED')) throw error;
  }
  return undefined;
}

function concerns(json: string, fields: WorkOrigin['fields']): boolean {
  if (fields === undefined) return true;
  const data = JSON.parse(json) as Readonly<Record<string, unknown>>;
  return Object.entries(fields).some(([field, value]) => {
    const list = data[`${field}s`];
    return data[field] === value || (Array.isArray(list) && list.includes(value));
  });
}
