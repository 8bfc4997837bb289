import type { Placement } from '#domain/scheduling/dispatch/placement.js';
import { MAX_RESULT_BYTES } from '#domain/drivers/index.js';
import { catalogOf } from '#domain/kernel/catalog/index.js';
import { streamName } from '#domain/kernel/event/index.js';
import type { JobOwner } from '#domain/jobs/job/events.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { nodes } from '#domain/nodes/node/aggregate.js';
import type { AllocationReport } from '#domain/protocol/index.js';
import { CLUSTER_SUBJECT, tenantSubject } from '#domain/kernel/sealing/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import type { JobVersions } from './job-versions.js';

const NODES = catalogOf(nodes);
const PURPOSE = 'result';

/** Task results, sealed in the log for the tenant of the job's owner and unsealed when a view needs them. */
export class TaskResults {
  constructor(
    private readonly sealer: Pick<Sealer, 'seal' | 'open'>,
    private readonly jobs: JobVersions,
    private readonly store: EventStore,
  ) {}

  /** Seals the results in a report, by task. Returns undefined if there are none. Results that are too large are dropped, and so are those of a job that the log lacks, because nobody knows whose they are. */
  async sealed(
    { jobId, jobVersion }: Pick<Placement, 'jobId' | 'jobVersion'>,
    report: AllocationReport,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    const brought = Object.entries(report.tasks).flatMap(([task, { result }]) =>
      result === undefined ? [] : [[task, JSON.stringify(result)] as const],
    );
    if (brought.length === 0) return undefined;
    if (!(await this.jobs.contains(jobId, jobVersion))) return undefined;
    const subject = subjectOf(await this.jobs.owner(jobId, jobVersion));
    const sealed = new Map<string, string>();
    for (const [task, text] of brought)
      if (Buffer.byteLength(text) <= MAX_RESULT_BYTES)
        sealed.set(task, await this.sealer.seal(subject, PURPOSE, text));
    return sealed;
  }

  async open(sealed: string): Promise<unknown> {
    const text = await this.sealer.open(sealed, PURPOSE);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  }

  /** Reads the result at a revision of a node's stream, as in allocation documents. Undefined if there is none or its sealing key was erased. */
  async read(nodeId: string, revision: number): Promise<unknown> {
    for await (const page of this.store.readStream(streamName('node', nodeId), {
      from: revision,
      limit: 1,
    })) {
      for (const recorded of page) {
        const event = recorded.revision === revision ? NODES.decodeOurs(recorded) : undefined;
        if (event?.type === 'TaskExited' && event.data.result !== undefined)
          return await this.open(event.data.result);
      }
    }
    return undefined;
  }
}

function subjectOf(owner: JobOwner | undefined): string {
  const tenant = owner?.tenant ?? null;
  return tenant === null ? CLUSTER_SUBJECT : tenantSubject(tenant);
}
