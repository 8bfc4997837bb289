import { z } from 'zod';
import { plannedGroups, plannedLimit } from '#src/surfaces/kit/index.js';
import { jobDifference } from './version-contract.js';

export const planQuery = z.strictObject({ limit: plannedLimit });

export const jobPlan = z
  .object({
    job_id: z.string().meta({ description: 'Job id', examples: ['hello'] }),
    change: z
      .enum(['begin', 'update', 'restart', 'none'])
      .meta({ description: '`begin`: a new job; `restart`: one that was stopped or has ended starts again; `none`: it is as it should be' }),
    changes: z.array(jobDifference).meta({ description: 'What differs from the present specification; none for a new job' }),
    groups: plannedGroups,
  })
  .meta({ id: 'JobPlan', description: 'What a submission would change, and what the scheduler would do with it' });
