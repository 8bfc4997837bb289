import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { identifier } from '../identifier.js';
import { storedSpecification } from './specification.js';

/** Who owns a job: a surface, and the principal on it. Absent: the cluster surface. */
export const jobOwner = z.strictObject({ surface: z.string(), principal: z.string() });
export type JobOwner = z.infer<typeof jobOwner>;

/**
 * The revision of an event that holds a specification *is* the job's version: whoever knows (job, version) finds
 * the specification by one read of `job-<id>` at that revision.
 */
const specified = z.strictObject({
  jobId: identifier,
  evaluationId: z.string(),
  specification: storedSpecification,
  owner: jobOwner.optional(),
});
const ended = z.strictObject({ jobId: identifier, evaluationId: z.string() });

export const jobEvents = {
  JobSubmitted: event(specified),
  JobUpdated: event(specified),
  /** Carries the specification again, so that a version is always one event. */
  JobRestarted: event(specified),
  JobStopped: event(ended),
  /** The job and its documents leave the read models; what runs is stopped; the history stays. */
  JobDeleted: event(ended),
} as const;

export type JobEvent = EventsOf<typeof jobEvents>;
