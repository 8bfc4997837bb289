import { z } from 'zod';
import { identifier } from '../../kernel/identifier.js';
import { name } from './name.js';

const version = z.number().int().nonnegative();
const slots = z.number().int().nonnegative();

/** Rollout of one group. Times are in seconds. */
export const groupRollout = z.strictObject({
  name,
  count: slots,
  maxParallel: z.number().int().positive(),
  minHealthySeconds: z.number().nonnegative(),
  progressDeadlineSeconds: z.number().positive(),
  autoRevert: z.boolean(),
  /** Slots below this number run the new version. The other slots may still run the previous version. */
  open: slots,
});
export type GroupRollout = z.infer<typeof groupRollout>;

export const deploymentStarted = z.strictObject({
  jobId: identifier,
  groups: z.array(groupRollout).min(1),
  former: version.nullable(),
  reverts: version.optional(),
});

export const deploymentAdvanced = z.strictObject({
  jobId: identifier,
  version,
  groups: z.array(groupRollout.pick({ name: true, open: true })).min(1),
});

export const JOB_DEPLOYMENT_OUTCOMES = ['completed', 'failed', 'cancelled'] as const;
export const JOB_DEPLOYMENT_REASONS = [
  'healthy',
  'failed',
  'deadline',
  'stopped',
  'deleted',
  'superseded',
] as const;
const reason = z.strictObject({ code: z.enum(JOB_DEPLOYMENT_REASONS), message: z.string().max(2000) });
export type JobDeploymentReason = z.infer<typeof reason>;

export const deploymentSettled = z.strictObject({
  jobId: identifier,
  version,
  outcome: z.enum(JOB_DEPLOYMENT_OUTCOMES),
  reason,
});
