import { z } from 'zod';
import { event, type EventDefinition, type EventsOf } from '../../kernel/event/definition.js';
import { identifier } from '../../kernel/identifier.js';
import { jobArchive } from './archive.js';
import { deploymentAdvanced, deploymentSettled, deploymentStarted } from './deployment.js';
import { withDrivers, withTenant } from './upcasters.js';
import { usesIntervals } from './restart.js';
import { jobSpecification } from './specification.js';
import { storedKinds } from './stored-in.js';

/**
 * The surface that owns a job, and the account there. Absent for the cluster surface. Results of tasks are sealed for the tenant. Null if unknown,
 * because the job is older than the field.
 */
export const jobOwner = z.strictObject({
  surface: z.string(),
  tenant: z.string().nullable(),
  principal: z.string(),
});
export type JobOwner = z.infer<typeof jobOwner>;

const specified = z.strictObject({
  jobId: identifier,
  evaluationId: z.string(),
  specification: jobSpecification,
  owner: jobOwner.optional(),
});
/**
 * Version 2 added the driver of tasks and the tenant of owners, version 3 the intervals and reschedule policies of groups, version 4 references to
 * events of scheduled tasks, and version 5 references to events of services.
 */
const specifies: EventDefinition<typeof specified> = {
  version: 5,
  writtenAs: ({ specification }) => {
    const { service, task } = storedKinds(specification);
    if (service || task) return service ? 5 : 4;
    return specification.task_groups.some(usesIntervals) ? 3 : 2;
  },
  schema: specified,
  upcasters: {
    1: (data) => withTenant(withDrivers(data, 'specification')),
    2: (data) => data,
    3: (data) => data,
    4: (data) => data,
  },
};

const updated = specified.extend({
  from: z.number().int().nonnegative().optional(),
  /**
   * The job was complete. Number of instances, by group, that ran to success with the same work, and do not run again: the slots from 0. Other
   * groups run from scratch. Since version 6.
   */
  completed: z.record(z.string(), z.number().int().nonnegative()).optional(),
  /**
   * Groups whose constraints changed, but not their work, and whose nodes all meet the new constraints. Their instances keep running. Since version 7.
   */
  fulfilled: z.array(z.string()).optional(),
});
const updates: EventDefinition<typeof updated> = {
  version: 7,
  writtenAs: (data) =>
    data.fulfilled !== undefined ? 7 : data.completed === undefined ? specifies.writtenAs!(data) : 6,
  schema: updated,
  upcasters: { ...specifies.upcasters, 5: (data) => data, 6: (data) => data },
};
const ended = z.strictObject({ jobId: identifier, evaluationId: z.string() });

export const jobEvents = {
  JobSubmitted: specifies,
  JobUpdated: updates,
  JobRestarted: specifies,
  JobStopped: event(ended),
  JobDeleted: event(ended),
  JobArchived: event(jobArchive),
  JobDeploymentStarted: event(deploymentStarted),
  /** More slots may run the new version, because the first instances are healthy. */
  JobDeploymentAdvanced: event(deploymentAdvanced),
  JobDeploymentSettled: event(deploymentSettled),
} as const;

export type JobEvent = EventsOf<typeof jobEvents>;
