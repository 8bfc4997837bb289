import { z } from 'zod';
import { JOB_DEPLOYMENT_OUTCOMES, JOB_DEPLOYMENT_REASONS } from '#domain/job/deployment.js';

const version = z.number().int().nonnegative();
const slots = z.number().int().nonnegative();
const unixTime = z.number().meta({ description: 'Unix time in seconds', examples: [1763625600.25] });

const deploymentGroup = z
  .object({
    name: z.string().meta({ description: 'Name of the group', examples: ['web'] }),
    wanted: slots.meta({ description: 'Instances that run at once in the end' }),
    opened: slots.meta({ description: 'So many of them are the version’s by now; in the other slots what ran before may run on' }),
    healthy: slots.meta({ description: 'Instances of the version that are well; of a deployment that is over: that were when it ended' }),
  })
  .meta({ id: 'JobDeploymentGroup', description: 'How far a group is rolled out' });

export const jobDeployment = z
  .object({
    version: version.meta({
      description: 'The version that it rolls out, as versions are numbered: it is the number of the deployment as well',
      examples: [3],
    }),
    status: z.enum(['running', ...JOB_DEPLOYMENT_OUTCOMES]),
    groups: z.array(deploymentGroup).meta({ description: 'Those that it rolls out: with `update`, and new or with other tasks' }),
    reason: z
      .object({ code: z.enum(JOB_DEPLOYMENT_REASONS), message: z.string().meta({ examples: ['All 4 instances are well.'] }) })
      .meta({ id: 'JobDeploymentReason', description: 'Why it ended as it did' })
      .nullable(),
    waits_for: z.string().nullable().meta({ description: 'Why something of it cannot be placed now, in words' }),
    gives_way_to: version
      .nullable()
      .meta({ description: 'The version that takes its place should it fail and a group say `auto_revert`; null: there is none' }),
    reverts: version.nullable().meta({ description: 'The version that failed and gave way to this one by itself; null: somebody asked for this one' }),
    started_at: unixTime,
    ended_at: unixTime.nullable(),
  })
  .meta({ id: 'JobDeployment', description: 'Ours. How one version of a job takes the place of the one before it' });

export const jobDeploymentList = z
  .object({ deployments: z.array(jobDeployment), count: z.number().int() })
  .meta({ id: 'JobDeploymentList', description: 'Deployments of a job, the newest first; `count` is what this answer holds' });
