import { z } from 'zod';
import { shownGroup } from '#domain/protocol/index.js';
import { sentServiceConfig } from '#domain/services/service/index.js';
import { flag } from '#src/http/index.js';
import { plannedGroups, plannedLimit } from '#src/surfaces/dry-run.js';
import { rollbackBody, serviceDifference } from './service.js';

export const previewBody = z
  .strictObject({
    config: sentServiceConfig.optional(),
    version: rollbackBody.shape.version
      .optional()
      .describe('The version to which a rollback is previewed. Cannot be combined with `config`'),
  })
  .refine(({ config, version }) => config === undefined || version === undefined, {
    message: 'cannot be combined with config. Send only one of them',
    path: ['version'],
  })
  .meta({
    id: 'PreviewRequest',
    description:
      'The same body as for an update or a rollback. Default for `config`: the current configuration',
    examples: [{ config: { image: 'postgres:16', ports: [5432] } }, { version: 1 }],
  });

export const previewQuery = z.strictObject({
  limit: plannedLimit,
  force: flag.meta({
    description:
      'Preview what an update, rollback or upgrade with `force` would do: values of `initial` variables may differ from those in the volume',
  }),
  upgrade: flag.meta({
    description: 'Use the template as it is now, as an upgrade would. Default: as the service last used it',
  }),
});

export const previewView = z
  .object({
    action: z.enum(['start', 'update', 'none']).meta({
      description:
        '`start`: the service would start, because it is not running; `update`: the new version would be rolled out; `none`: no change',
    }),
    version: z
      .number()
      .int()
      .meta({ description: 'Number of the new version', examples: [2] }),
    compared_with: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Number of the running version. Null if there is none; `changes` is then empty' }),
    changes: z
      .array(serviceDifference)
      .meta({ description: 'Differences from the running version. Secrets are masked as `***`' }),
    job_id: z
      .string()
      .meta({ description: 'Id of the job', examples: ['service.770e8400-e29b-41d4-a716-446655440000.2'] }),
    rendered: shownGroup.meta({
      id: 'RenderedService',
      description:
        'One instance as sent to its node, with secrets masked as `***`. `count` is the number of instances when the rollout is complete',
    }),
    rollout: z
      .object({
        count: z.number().int().meta({ description: 'Number of instances when the rollout is complete' }),
        first: z.number().int().meta({
          description: 'Number of instances that start immediately. `step` shows when the others follow',
        }),
        stops_first: z.boolean().meta({
          description:
            'Whether running instances are stopped first, because both versions would write to the same volumes',
        }),
      })
      .meta({ id: 'PreviewedRollout', description: 'How the new version would replace the running one' }),
    groups: plannedGroups,
  })
  .meta({ id: 'ServicePreview', description: 'The plan for a service' });
