import { z } from 'zod';
import { shownGroup } from '#domain/protocol/index.js';
import { sentServiceConfig } from '#domain/service/index.js';
import { plannedGroups, plannedLimit } from '#src/surfaces/kit/index.js';
import { serviceDifference } from './service.js';

export const previewBody = z.strictObject({ config: sentServiceConfig.optional() }).meta({
  id: 'PreviewRequest',
  description: 'As of an update; without `config` the present one counts',
  examples: [{ config: { image: 'postgres:16', ports: [5432] } }],
});

export const previewQuery = z.strictObject({ limit: plannedLimit });

export const previewView = z
  .object({
    action: z
      .enum(['start', 'update', 'none'])
      .meta({ description: '`start`: what a start would do, as nothing runs; `update`: it would be rolled over; `none`: it runs as it is' }),
    version: z
      .number()
      .int()
      .meta({ description: 'The version that would run', examples: [2] }),
    compared_with: z.number().int().nullable().meta({ description: 'The version that runs now; null: none, and `changes` is empty' }),
    changes: z.array(serviceDifference).meta({ description: 'What differs from what runs. What is secret is `***`' }),
    job_id: z.string().meta({ description: 'The job that would run it', examples: ['service.770e8400-e29b-41d4-a716-446655440000.2'] }),
    rendered: shownGroup.meta({
      id: 'RenderedService',
      description: 'One instance as its node would be given it, secrets as `***`; `count` is how many there are in the end',
    }),
    rollout: z
      .object({
        count: z.number().int().meta({ description: 'Instances in the end' }),
        first: z.number().int().meta({ description: 'Those that begin at once; `step` says when each of the others follows' }),
        stops_first: z.boolean().meta({ description: 'What runs ends before, as both would write to the same volumes' }),
      })
      .meta({ id: 'PreviewedRollout', description: 'How it would take the place of what runs' }),
    groups: plannedGroups,
  })
  .meta({ id: 'ServicePreview', description: 'What would become of a service' });
