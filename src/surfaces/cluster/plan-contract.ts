import { z } from 'zod';
import { plannedGroups, plannedLimit } from '#src/surfaces/dry-run.js';
import { jobDifference } from './version-contract.js';

export const planQuery = z.strictObject({ limit: plannedLimit });

export const jobPlan = z
  .object({
    job_id: z.string().meta({ description: 'Job id', examples: ['hello'] }),
    change: z.enum(['begin', 'update', 'restart', 'none']).meta({
      description:
        '`begin`: a new job; `restart`: a stopped or ended job is started again; `none`: no change',
    }),
    changes: z
      .array(jobDifference)
      .meta({ description: 'Differences from the current specification; empty for a new job' }),
    groups: plannedGroups,
  })
  .meta({ id: 'JobPlan', description: "The changes of a submission, and the scheduler's plan for it" });
