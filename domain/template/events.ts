import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { jobConstraints, taskGroups } from '../job/specification.js';

/** What a template holds. Only `name` is needed; a given `task_groups` is checked as a job's is. */
export const templateContent = z.strictObject({
  name: z.string().trim().min(1, 'must not be empty').max(200),
  description: z.string().max(10_000).nullable().optional(),
  task_groups: taskGroups.optional(),
  constraints: jobConstraints.optional(),
});
export type TemplateContent = z.infer<typeof templateContent>;

/** The fields of a template that change. */
export const templateChanges = templateContent.partial();
export type TemplateChanges = z.infer<typeof templateChanges>;

export const templateEvents = {
  TemplateCreated: event(z.strictObject({ templateId: z.string(), content: templateContent })),
  /** Only the fields that change. */
  TemplateUpdated: event(z.strictObject({ templateId: z.string(), changes: templateChanges })),
  TemplateDeleted: event(z.strictObject({ templateId: z.string() })),
} as const;

export type TemplateEvent = EventsOf<typeof templateEvents>;
