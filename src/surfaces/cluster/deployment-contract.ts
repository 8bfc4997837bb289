import { z } from 'zod';
import { JOB_DEPLOYMENT_OUTCOMES, JOB_DEPLOYMENT_REASONS } from '#domain/jobs/job/deployment.js';

const version = z.number().int().nonnegative();
const slots = z.number().int().nonnegative();
const unixTime = z.number().meta({ description: 'Unix time in seconds', examples: [1763625600.25] });

const deploymentGroup = z
  .object({
    name: z.string().meta({ description: 'Name of the group', examples: ['web'] }),
    wanted: slots.meta({ description: 'Number of instances when the rollout is complete' }),
    opened: slots.meta({
      description:
        'Number of slots that the new version has taken over. Other slots may still run the previous version',
    }),
    healthy: slots.meta({
      description:
        'Number of healthy instances of the version; for a finished deployment, the number when it finished',
    }),
  })
  .meta({ id: 'JobDeploymentGroup', description: 'Progress of a group' });

export const jobDeployment = z
  .object({
    version: version.meta({
      description: 'The version being rolled out. It also identifies the deployment',
      examples: [3],
    }),
    status: z.enum(['running', ...JOB_DEPLOYMENT_OUTCOMES]),
    groups: z
      .array(deploymentGroup)
      .meta({ description: 'Groups with an `update` block that are new or whose tasks changed' }),
    reason: z
      .object({
        code: z.enum(JOB_DEPLOYMENT_REASONS),
        message: z.string().meta({ examples: ['All 4 instances are healthy.'] }),
      })
      .meta({ id: 'JobDeploymentReason', description: 'Why the deployment ended' })
      .nullable(),
    waits_for: z.string().nullable().meta({ description: 'Why an instance currently cannot be placed' }),
    gives_way_to: version.nullable().meta({
      description:
        'Version to roll back to if the deployment fails and a group has `auto_revert`; null if there is none',
    }),
    reverts: version.nullable().meta({
      description: 'Failed version that caused this automatic rollback; null if a user requested the version',
    }),
    started_at: unixTime,
    ended_at: unixTime.nullable(),
  })
  .meta({ id: 'JobDeployment', description: 'Extension. The rollout of one version of a job' });

export const jobDeploymentList = z
  .object({ deployments: z.array(jobDeployment), count: z.number().int() })
  .meta({
    id: 'JobDeploymentList',
    description: 'Deployments of a job, newest first; `count` is the number of deployments in this response',
  });
