import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';
import { event, type EventDefinition, type EventsOf } from '../../kernel/event/definition.js';
import { withDrivers } from '../job/upcasters.js';
import { usesIntervals } from '../job/restart.js';
import { jobConstraints, taskGroups } from '../job/specification.js';

export const TEMPLATE_FIELDS = {
  name: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(200)
    .regex(PLAIN_NAME, PLAIN_NAME_RULE)
    .meta({ not: { pattern: '^\\s*$' } }),
  description: z.string().max(10_000).nullable().optional(),
  constraints: jobConstraints.optional(),
};

const templateContent = z.strictObject({ ...TEMPLATE_FIELDS, task_groups: taskGroups.optional() });
export type TemplateContent = z.infer<typeof templateContent>;
const templateChanges = templateContent.partial();
export type TemplateChanges = z.infer<typeof templateChanges>;

const created = z.strictObject({ templateId: z.string(), content: templateContent });
const updated = z.strictObject({ templateId: z.string(), changes: templateChanges });

function versionOf({ task_groups = [] }: TemplateChanges): number {
  return task_groups.some(usesIntervals) ? 3 : 2;
}

export const templateEvents = {
  TemplateCreated: {
    version: 3,
    writtenAs: ({ content }) => versionOf(content),
    schema: created,
    upcasters: { 1: (data) => withDrivers(data, 'content'), 2: (data) => data },
  } as EventDefinition<typeof created>,
  TemplateUpdated: {
    version: 3,
    writtenAs: ({ changes }) => versionOf(changes),
    schema: updated,
    upcasters: { 1: (data) => withDrivers(data, 'changes'), 2: (data) => data },
  } as EventDefinition<typeof updated>,
  TemplateDeleted: event(z.strictObject({ templateId: z.string() })),
} as const;

export type TemplateEvent = EventsOf<typeof templateEvents>;
