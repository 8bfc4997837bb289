import { z } from 'zod';
import { identifier } from '../identifier.js';
import { name } from './name.js';

const version = z.number().int().nonnegative();
const slots = z.number().int().nonnegative();

/** How one group is rolled out. Times in seconds. */
export const groupRollout = z.strictObject({
  name,
  /** Instances that run at once in the end. */
  count: slots,
  maxParallel: z.number().int().positive(),
  minHealthySeconds: z.number().nonnegative(),
  progressDeadlineSeconds: z.number().positive(),
  autoRevert: z.boolean(),
  /** Slots with smaller numbers are the version's; in the others what ran before may run on. */
  open: slots,
});
export type GroupRollout = z.infer<typeof groupRollout>;

export const deploymentStarted = z.strictObject({
  jobId: identifier,
  groups: z.array(groupRollout).min(1),
  /** The version that this one gives way to should it fail: the last whose deployment was completed; null: there is none. */
  former: version.nullable(),
  /** Nobody asked for the version: the one of this number failed, and gave way to it. */
  reverts: version.optional(),
});

export const deploymentAdvanced = z.strictObject({ jobId: identifier, version, groups: z.array(groupRollout.pick({ name: true, open: true })).min(1) });

export const JOB_DEPLOYMENT_OUTCOMES = ['completed', 'failed', 'cancelled'] as const;
/** How deployments end, in closed words; `message` says more. */
export const JOB_DEPLOYMENT_REASONS = ['healthy', 'failed', 'deadline', 'stopped', 'deleted', 'superseded'] as const;
const reason = z.strictObject({ code: z.enum(JOB_DEPLOYMENT_REASONS), message: z.string().max(2000) });
export type JobDeploymentReason = z.infer<typeof reason>;

export const deploymentSettled = z.strictObject({ jobId: identifier, version, outcome: z.enum(JOB_DEPLOYMENT_OUTCOMES), reason });
