import { z } from 'zod';
import { nameOfActor } from '#src/features/visibility/index.js';
import { difference, DIFFERENCE_MEANS, limit, whole } from '#src/http/index.js';

const version = z
  .number()
  .int()
  .nonnegative()
  .meta({
    description:
      "Version number: the position of the version among the job's events. The numbers therefore increase with gaps",
    examples: [3],
  });

export const jobDifference = difference.meta({ id: 'JobDifference', description: DIFFERENCE_MEANS });

export const JOB_VERSION_CAUSES = ['submitted', 'updated', 'restarted', 'reverted'] as const;

export const jobVersionList = z
  .object({
    versions: z.array(
      z
        .object({
          version,
          present: z.boolean().meta({ description: 'Whether this is the current version' }),
          because: z.enum(JOB_VERSION_CAUSES),
          from: version
            .nullable()
            .meta({ description: 'The version that this one restores; null if it is not a revert' }),
          evaluation_id: z.string().meta({
            description: 'Id of the evaluation of this version',
            examples: ['0f2d8bbd-7c0e-5b4e-8a53-0d5a58c93b0e'],
          }),
          created_by: z.string().meta({
            description: 'Author of the version',
            examples: ['user:8c1d8f0e-6a57-4c0e-9d55-0b5a3a3c1f10'],
          }),
          created_by_name: nameOfActor,
          created_at: z.number().meta({ description: 'Unix time in seconds', examples: [1763625600.25] }),
          changes: z.array(jobDifference).meta({ description: 'Differences from the previous version' }),
        })
        .meta({ id: 'JobVersion', description: 'A version of a job' }),
    ),
    count: z.number().int(),
  })
  .meta({
    id: 'JobVersionList',
    description: 'Versions of a job, newest first; `count` is the number of versions in this response',
  });

export const revertBody = z
  .strictObject({ version })
  .meta({ id: 'JobRevert', description: 'The version to revert to', examples: [{ version: 0 }] });

export const versionPage = z.strictObject({
  limit: limit(100, 50),
  before: whole(0).optional().meta({ description: 'Only versions with a smaller number' }),
});
