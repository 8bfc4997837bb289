import type { Logger } from 'pino';
import { SCHEDULER_STREAM } from '#domain/kernel/event/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { unknownStatusText, type NodeEvent, type PlacedAllocation } from '#domain/nodes/node/index.js';
import type { AllocationReport } from '#domain/protocol/index.js';
import type { PlacedNode, Placement } from '#domain/scheduling/dispatch/placement.js';
import type { JobVersions } from './job-versions.js';
import type { LivePlacements } from './live-placements.js';
import type { TaskResults } from './task-results.js';

/** What {@link reportedPlacements} needs of a server. */
export interface ReportParts {
  readonly placements: LivePlacements;
  readonly jobs: JobVersions;
  readonly results: Pick<TaskResults, 'sealed'>;
}

/** Finds the placements of the reported allocations. If this server has not folded all of them yet, waits for the fold. */
export async function reportedPlacements(
  { placements, jobs, results }: ReportParts,
  nodeId: string,
  reports: Readonly<Record<string, AllocationReport>>,
): Promise<Map<string, PlacedAllocation>> {
  const ids = Object.keys(reports);
  let node = placements.state.nodes.get(nodeId);
  if (ids.some((id) => node?.allocations.has(id) !== true)) {
    // The agent stops reporting an end once it is accepted, so the fold must be complete before an unknown allocation is ignored.
    await placements.whenAtHead();
    node = placements.state.nodes.get(nodeId);
  }
  const placed = new Map<string, PlacedAllocation>();
  for (const id of ids) {
    const placement = node?.allocations.get(id);
    const report = reports[id];
    if (placement === undefined || report === undefined || placement.ended) continue;
    if (report.placed_at !== undefined && report.placed_at !== placement.placedAt) continue;
    // An allocation that was lost with its node remains lost even if it is still running, but its end is worth recording.
    if (placement.released && !isEnd(report)) continue;
    const tasks = tellsNoTask(report) ? await tasksOf(placement, jobs) : undefined;
    const sealed = node?.protocol === 'muster' ? await results.sealed(placement, report) : undefined;
    placed.set(id, {
      ...referenceOf(placement),
      ...(tasks && { tasks }),
      ...(sealed && { results: sealed }),
    });
  }
  return placed;
}

/** A report about an allocation is caused by its placement, and belongs to the request that set the job's version. */
export function reportCauses(
  nodeOf: () => PlacedNode | undefined,
  jobs: Pick<JobVersions, 'correlationId'>,
): NonNullable<CommandContext['causesOf']> {
  return async (events) => {
    const node = nodeOf();
    return await Promise.all(
      events.map(async ({ data }) => {
        const { allocationId } = data as { readonly allocationId?: string };
        const placement = allocationId === undefined ? undefined : node?.allocations.get(allocationId);
        if (placement === undefined) return undefined;
        const correlationId = await jobs.correlationId(placement.jobId, placement.jobVersion);
        if (correlationId === undefined) return undefined;
        return { correlationId, causationId: `${SCHEDULER_STREAM}@${placement.revision}` };
      }),
    );
  };
}

/** Logs each unknown status of a node once per registration. More allocations with the same status would give an operator no new information. */
export function logUnknownStatuses(logger: Pick<Logger, 'warn'>, events: readonly NodeEvent[]): void {
  for (const { type, data } of events) {
    if (type !== 'AllocationStatusUnknown' || data.newOfNode !== true) continue;
    const { nodeId, jobId, allocationId, status } = data;
    logger.warn({
      code: 'nodes.unknown_status',
      nodeId,
      jobId,
      allocationId,
      status,
      problem: unknownStatusText(data),
    });
  }
}

async function tasksOf(
  { jobId, jobVersion, group }: Placement,
  jobs: Pick<JobVersions, 'group'>,
): Promise<readonly string[]> {
  const stored = await jobs.group(jobId, jobVersion, group);
  return stored?.tasks.map(({ name }) => name) ?? [];
}

function referenceOf({ allocationId, jobId, group, slot }: Placement): PlacedAllocation {
  return { allocationId, jobId, group, slot };
}

/** Whether the report of an end contains no tasks. Their names must then be taken from the job. */
function tellsNoTask(report: AllocationReport): boolean {
  return isEnd(report) && Object.keys(report.tasks).length === 0;
}

function isEnd({ status }: AllocationReport): boolean {
  return status === 'complete' || status === 'failed' || status === 'stopped';
}
