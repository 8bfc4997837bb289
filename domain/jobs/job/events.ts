import { z } from 'zod';
import { event, type EventDefinition, type EventsOf } from '../../kernel/event/definition.js';
import { identifier } from '../../kernel/identifier.js';
import { jobArchive } from './archive.js';
import { deploymentAdvanced, deploymentSettled, deploymentStarted } from './deployment.js';
import { withDrivers, withTenant } from './upcasters.js';
import { usesIntervals } from './restart.js';
import { jobSpecification } from './specification.js';
import { usesStored } from './stored-in.js';

/**
 * The surface that owns a job, and the account there. Absent: the cluster surface. Results of tasks are sealed for the
 * tenant; null: unknown, because the job is older than the field.
 */
export const jobOwner = z.strictObject({
  surface: z.string(),
  tenant: z.string().nullable(),
  principal: z.string(),
});
export type JobOwner = z.infer<typeof jobOwner>;

/** A job's version is the revision of the event that holds its specification, so one read of `job-<id>` at that revision finds it. */
const specified = z.strictObject({
  jobId: identifier,
  evaluationId: z.string(),
  specification: jobSpecification,
  owner: jobOwner.optional(),
});
/**
 * Version 2 added the driver of tasks and the tenant of owners, version 3 intervals and reschedule policies of groups,
 * version 4 references to events of scheduled tasks.
 */
const specifies: EventDefinition<typeof specified> = {
  version: 4,
  writtenAs: ({ specification }) =>
    usesStored(specification) ? 4 : specification.task_groups.some(usesIntervals) ? 3 : 2,
  schema: specified,
  upcasters: {
    1: (data) => withTenant(withDrivers(data, 'specification')),
    2: (data) => data,
    3: (data) => data,
  },
};
const ended = z.strictObject({ jobId: identifier, evaluationId: z.string() });

export const jobEvents = {
  JobSubmitted: specifies,
  /** `from`: the version that was restored. */
  JobUpdated: { ...specifies, schema: specified.extend({ from: z.number().int().nonnegative().optional() }) },
  /** Repeats the specification, so that each version is one event. */
  JobRestarted: specifies,
  JobStopped: event(ended),
  /** The job leaves the read models and its allocations are stopped. The history stays. */
  JobDeleted: event(ended),
  /** A job that ended long ago leaves the read models; its stream holds how it ended. */
  JobArchived: event(jobArchive),
  JobDeploymentStarted: event(deploymentStarted),
  /** More slots may run the new version, because the first ones are healthy. */
  JobDeploymentAdvanced: event(deploymentAdvanced),
  JobDeploymentSettled: event(deploymentSettled),
} as const;

export type JobEvent = EventsOf<typeof jobEvents>;
