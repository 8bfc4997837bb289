import type { Placement } from '#domain/dispatch/placement.js';
import { MAX_RESULT_BYTES } from '#domain/drivers/index.js';
import { decodeOurs } from '#domain/event-types/index.js';
import { streamName } from '#domain/event/index.js';
import type { JobOwner } from '#domain/job/events.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { AllocationReport } from '#domain/protocol/index.js';
import { CLUSTER_SUBJECT, tenantSubject } from '#domain/sealing/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import type { JobVersions } from './job-versions.js';

/** What results are sealed as. */
const PURPOSE = 'result';

/** What tasks gave back: sealed for the tenant of the job's owner on its way into the log, opened where a view asks for it. */
export class TaskResults {
  constructor(
    private readonly sealer: Pick<Sealer, 'seal' | 'open'>,
    private readonly jobs: JobVersions,
    private readonly store: EventStore,
  ) {}

  /** The results that a report brings, sealed, by task; undefined where it brings none. What is larger than a result may be is none. */
  async sealed({ jobId, jobVersion }: Pick<Placement, 'jobId' | 'jobVersion'>, report: AllocationReport): Promise<ReadonlyMap<string, string> | undefined> {
    const brought = Object.entries(report.tasks).flatMap(([task, { result }]) => (result === undefined ? [] : [[task, JSON.stringify(result)] as const]));
    if (brought.length === 0) return undefined;
    const subject = subjectOf(await this.jobs.owner(jobId, jobVersion));
    const sealed = new Map<string, string>();
    for (const [task, text] of brought) if (Buffer.byteLength(text) <= MAX_RESULT_BYTES) sealed.set(task, await this.sealer.seal(subject, PURPOSE, text));
    return sealed;
  }

  /** The result in a sealed text of an event; undefined where its key is gone. Only who may see the job may see it. */
  async open(sealed: string): Promise<unknown> {
    const text = await this.sealer.open(sealed, PURPOSE);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  }

  /** The result that the event at a revision of a node's stream holds, as documents of allocations name it; undefined where there is none, or its key is gone. */
  async read(nodeId: string, revision: number): Promise<unknown> {
    for await (const page of this.store.readStream(streamName('node', nodeId), { from: revision, limit: 1 })) {
      for (const recorded of page) {
        const event = recorded.revision === revision ? decodeOurs(recorded) : undefined;
        if (event?.type === 'TaskExited' && event.data.result !== undefined) return await this.open(event.data.result);
      }
    }
    return undefined;
  }
}

/** A job that no tenant owns is the operator's. */
function subjectOf(owner: JobOwner | undefined): string {
  const tenant = owner?.tenant ?? null;
  return tenant === null ? CLUSTER_SUBJECT : tenantSubject(tenant);
}
