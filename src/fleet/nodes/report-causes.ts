import { SCHEDULER_STREAM } from '#domain/kernel/event/index.js';
import type { PlacedNode } from '#domain/scheduling/dispatch/placement.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import type { JobVersions } from './job-versions.js';

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
