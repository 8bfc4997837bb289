import { z } from 'zod';
import { event, type EventDefinition, type EventsOf } from '../event/definition.js';
import { identifier } from '../identifier.js';
import { jobArchive } from './archive.js';
import { deploymentAdvanced, deploymentSettled, deploymentStarted } from './deployment.js';
import { withDrivers, withTenant } from './upcasters.js';
import { usesIntervals } from './restart.js';
import { jobSpecification } from './specification.js';
import { usesStored } from './stored-in.js';

/**
 * Who owns a job: a surface, and the principal on it. Absent: the cluster surface. What its tasks give back is sealed for the tenant;
 * null: it is not known, as the job was begun before it was written down.
 */
export const jobOwner = z.strictObject({ surface: z.string(), tenant: z.string().nullable(), principal: z.string() });
export type JobOwner = z.infer<typeof jobOwner>;

/**
 * The revision of an event that holds a specification *is* the job's version: with (job, version) one finds
 * the specification by one read of `job-<id>` at that revision.
 */
const specified = z.strictObject({
  jobId: identifier,
  evaluationId: z.string(),
  specification: jobSpecification,
  owner: jobOwner.optional(),
});
/**
 * Since version 2 tasks name their driver, and owners their tenant; since version 3 groups have intervals and reschedule policies; since version 4
 * tasks may refer to what events of a scheduled task hold.
 */
const specifies: EventDefinition<typeof specified> = {
  version: 4,
  writtenAs: ({ specification }) => (usesStored(specification) ? 4 : specification.task_groups.some(usesIntervals) ? 3 : 2),
  schema: specified,
  upcasters: { 1: (data) => withTenant(withDrivers(data, 'specification')), 2: (data) => data, 3: (data) => data },
};
const ended = z.strictObject({ jobId: identifier, evaluationId: z.string() });

export const jobEvents = {
  JobSubmitted: specifies,
  /** `from`: the version that it is again. */
  JobUpdated: { ...specifies, schema: specified.extend({ from: z.number().int().nonnegative().optional() }) },
  /** Carries the specification again, so that a version is always one event. */
  JobRestarted: specifies,
  JobStopped: event(ended),
  /** The job and its documents leave the read models; what runs is stopped; the history stays. */
  JobDeleted: event(ended),
  /** It ended long ago: the job and its documents leave the read models, and its stream tells of it. */
  JobArchived: event(jobArchive),
  /** Stands directly behind the version that is rolled out. */
  JobDeploymentStarted: event(deploymentStarted),
  /** What came first is well: so many more slots may be given to the version. */
  JobDeploymentAdvanced: event(deploymentAdvanced),
  JobDeploymentSettled: event(deploymentSettled),
} as const;

export type JobEvent = EventsOf<typeof jobEvents>;
