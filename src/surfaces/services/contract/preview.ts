import { z } from 'zod';
import { shownGroup } from '#domain/protocol/index.js';
import { sentServiceConfig } from '#domain/services/service/index.js';
import { plannedGroups, plannedLimit } from '#src/surfaces/kit/index.js';
import { serviceDifference } from './service.js';

export const previewBody = z.strictObject({ config: sentServiceConfig.optional() }).meta({
  id: 'PreviewRequest',
  description: 'As in an update. Without `config` the current one is used',
  examples: [{ config: { image: 'postgres:16', ports: [5432] } }],
});

export const previewQuery = z.strictObject({ limit: plannedLimit });

export const previewView = z
  .object({
    action: z.enum(['start', 'update', 'none']).meta({
      description:
        '`start`: it would start, as nothing is running; `update`: it would be rolled out; `none`: no change',
    }),
    version: z
      .number()
      .int()
      .meta({ description: 'The new version', examples: [2] }),
    compared_with: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'The running version; null if there is none, and then `changes` is empty' }),
    changes: z
      .array(serviceDifference)
      .meta({ description: 'Differences from the running version. Secrets are `***`' }),
    job_id: z
      .string()
      .meta({ description: 'The job', examples: ['service.770e8400-e29b-41d4-a716-446655440000.2'] }),
    rendered: shownGroup.meta({
      id: 'RenderedService',
      description:
        'One instance as sent to its node, with secrets as `***`; `count` is the number of instances at the end',
    }),
    rollout: z
      .object({
        count: z.number().int().meta({ description: 'Number of instances at the end' }),
        first: z.number().int().meta({
          description: 'Number of instances that start at once; `step` says when the others follow',
        }),
        stops_first: z.boolean().meta({
          description: 'Whether running instances end first, because both would write to the same volumes',
        }),
      })
      .meta({ id: 'PreviewedRollout', description: 'How it would replace the running version' }),
    groups: plannedGroups,
  })
  .meta({ id: 'ServicePreview', description: 'The plan for a service' });
