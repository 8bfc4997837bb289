import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { identifier } from '../../kernel/identifier.js';
import { jobArchive } from './archive.js';
import { deploymentAdvanced, deploymentSettled, deploymentStarted } from './deployment.js';
import { jobSpecification } from './specification.js';

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
const updated = specified.extend({
  from: z.number().int().nonnegative().optional(),
  /**
   * The job was complete. Number of instances, by group, that ran to success with the same work, and do not run again: the slots from 0. Other
   * groups run from scratch.
   */
  completed: z.record(z.string(), z.number().int().nonnegative()).optional(),
  /** Groups whose constraints changed, but not their work, and whose nodes all meet the new constraints. Their instances keep running. */
  fulfilled: z.array(z.string()).optional(),
});
const ended = z.strictObject({ jobId: identifier, evaluationId: z.string() });

export const jobEvents = {
  JobSubmitted: event(specified),
  JobUpdated: event(updated),
  JobRestarted: event(specified),
  JobStopped: event(ended, { ending: true }),
  JobDeleted: event(ended, { ending: true }),
  JobArchived: event(jobArchive),
  JobDeploymentStarted: event(deploymentStarted),
  /** More slots may run the new version, because the first instances are healthy. */
  JobDeploymentAdvanced: event(deploymentAdvanced),
  JobDeploymentSettled: event(deploymentSettled, { failure: 'by outcome' }),
} as const;

export type JobEvent = EventsOf<typeof jobEvents>;
