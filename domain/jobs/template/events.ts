import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';
import { event, type EventsOf } from '../../kernel/event/definition.js';
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

export const templateEvents = {
  TemplateCreated: event(created),
  TemplateUpdated: event(updated),
  TemplateDeleted: event(z.strictObject({ templateId: z.string() })),
} as const;

export type TemplateEvent = EventsOf<typeof templateEvents>;
