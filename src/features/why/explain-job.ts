import { troublesOf, TROUBLES_TOLD, waitOf, whyJob, type ExplainedEvent } from '#domain/explain/index.js';
import { SCHEDULER_STREAM, streamName } from '#domain/kernel/event/index.js';
import type { AllocationDocument } from '#projections/jobs/allocations.js';
import type { JobDocument } from '#projections/jobs/jobs.js';
import {
  document,
  merged,
  names,
  NODES_LISTED,
  STOP_TAKES_MS,
  type Asked,
  type Explained,
  type Explainer,
} from './explained.js';

export const JOB_COMMANDS: ReadonlySet<string> = new Set([
  'JobUpdated',
  'JobRestarted',
  'JobStopped',
  'JobDeleted',
]);

/** @param hints times at which the job's owner recorded something about it, because a job that was deleted has no document */
export async function explainJob(
  parts: Explainer,
  { id, not }: Asked,
  hints: readonly number[] = [],
): Promise<Explained<ExplainedEvent> | undefined> {
  const { search, decisions } = parts;
  const own = await search.newest(streamName('job', id), 100);
  const newest = own.findLast(({ type }) => type === 'JobSubmitted' || JOB_COMMANDS.has(type));
  if (newest === undefined) return undefined;
  const job = await document<JobDocument>(parts, 'jobs', id);
  const wanted = names('jobId', id);
  const evaluation = job?.evaluations.find((each) => each.id === job.blocked?.evaluationId);
  const specified = own.findLast(({ type }) => type === 'JobSubmitted' || SPECIFIES.has(type));
  const times = new Set([
    specified?.metadata.at,
    newest.metadata.at,
    job?.blocked?.since,
    evaluation?.updatedAt,
    job?.finished?.at,
    ...hints,
  ]);
  const found = await Promise.all(
    [...times].map(async (at) => (at === undefined ? [] : await search.since(SCHEDULER_STREAM, at, wanted))),
  );
  const told = merged([own, ...found]);
  const events = merged([told, ...(await endsOf(parts, told, job))]);
  const wait = waitOf(events);
  const decision =
    wait && (await decisions?.explain({ revision: wait.revision, nodes: NODES_LISTED, node: not }));
  const groups = decision?.kind === 'blocked' ? decision.groups : [];
  return { why: whyJob(events, job, groups, not), decision, events, isComplete: own.length < 100 };
}

const SPECIFIES: ReadonlySet<string> = new Set(['JobUpdated', 'JobRestarted']);
const FAILURES: ReadonlySet<string> = new Set(['TaskExited', 'AllocationFailed', 'AllocationLost']);
const FAILED: ReadonlySet<string> = new Set(['failed', 'lost']);

/** An allocation, and when it had ended. */
interface End {
  readonly allocationId: string;
  readonly nodeId: string;
  readonly at: number;
}

/** Finds what was recorded about allocations that failed or were lost, and the drains that moved allocations to other nodes. */
async function endsOf(
  parts: Explainer,
  events: readonly ExplainedEvent[],
  job: JobDocument | undefined,
): Promise<ExplainedEvent[][]> {
  const { search } = parts;
  const drains = events.flatMap((event) =>
    event.type === 'AllocationStopRequested' && event.data.reason === 'drain' ? [event.data.nodeId] : [],
  );
  const ends = job === undefined || job.finished !== null ? releasesIn(events) : await troublesIn(parts, job);
  return await Promise.all([
    ...ends.flatMap(({ allocationId, nodeId, at }) => {
      const isOf = names('allocationId', allocationId);
      return [
        search.since(
          streamName('node', nodeId),
          at - STOP_TAKES_MS,
          (event) => (FAILURES.has(event.type) && isOf(event)) || event.type === 'NodeWentDown',
          (event) => event.type !== 'TaskExited' && isOf(event),
        ),
        search.since(
          SCHEDULER_STREAM,
          at,
          (event) => event.type === 'AllocationReleased' && isOf(event),
          () => true,
        ),
      ];
    }),
    ...[...new Set(drains.reverse())]
      .slice(0, TROUBLES_TOLD)
      .map(
        async (nodeId) =>
          await search.newest(streamName('node', nodeId), 1, ({ type }) => type === 'NodeDrainStarted'),
      ),
  ]);
}

/** Returns the newest allocations that were released as failed or lost. */
function releasesIn(events: readonly ExplainedEvent[]): readonly End[] {
  return events
    .flatMap((event) =>
      event.type === 'AllocationReleased' && FAILED.has(event.data.outcome)
        ? [{ ...event.data, at: event.metadata.at }]
        : [],
    )
    .slice(-TROUBLES_TOLD);
}

/** Returns the allocations whose slots should run, but have failed or were lost. */
async function troublesIn(parts: Explainer, job: JobDocument): Promise<readonly End[]> {
  const found = await Promise.all(
    troublesOf(job)
      .slice(0, TROUBLES_TOLD)
      .map(
        async ({ allocationId }) => await document<AllocationDocument>(parts, 'allocations', allocationId),
      ),
  );
  return found.flatMap((allocation) =>
    allocation === undefined ? [] : [{ ...allocation, at: allocation.releasedAt ?? allocation.updatedAt }],
  );
}
