import { z } from 'zod';
import { difference, DIFFERENCE_MEANS } from '#src/surfaces/kit/index.js';

/** Versions are revisions in a job's stream. */
const version = z
  .number()
  .int()
  .nonnegative()
  .meta({ description: 'Number of the version: its place among the events of the job, so that numbers rise and some are left out', examples: [3] });

export const jobDifference = difference.meta({ id: 'JobDifference', description: DIFFERENCE_MEANS });

export const JOB_VERSION_CAUSES = ['submitted', 'updated', 'restarted', 'reverted'] as const;

export const jobVersionList = z
  .object({
    versions: z.array(
      z
        .object({
          version,
          present: z.boolean().meta({ description: 'It is what the job is to be now' }),
          because: z.enum(JOB_VERSION_CAUSES),
          from: version.nullable().meta({ description: 'The version that it is again; null: none' }),
          evaluation_id: z.string().meta({ description: 'Evaluation that carries it out', examples: ['0f2d8bbd-7c0e-5b4e-8a53-0d5a58c93b0e'] }),
          created_by: z.string().meta({ description: 'Who asked for it', examples: ['user:8c1d8f0e-6a57-4c0e-9d55-0b5a3a3c1f10'] }),
          created_at: z.number().meta({ description: 'Unix time in seconds', examples: [1763625600.25] }),
          changes: z.array(jobDifference).meta({ description: 'What differs from the version before it' }),
        })
        .meta({ id: 'JobVersion', description: 'A version of a job' }),
    ),
    count: z.number().int(),
  })
  .meta({ id: 'JobVersionList', description: 'Versions of a job, the newest first; `count` is what this answer holds' });

export const revertBody = z
  .strictObject({ version })
  .meta({ id: 'JobRevert', description: 'The version that the job is to be again', examples: [{ version: 0 }] });

export const versionPage = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50).meta({ description: 'At most so many' }),
  before: z.coerce.number().int().min(0).optional().meta({ description: 'Only versions with a smaller number' }),
});
