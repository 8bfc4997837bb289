import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { jobConstraints, storedTaskGroups, taskGroups } from '../job/specification.js';

const fields = {
  name: z.string().trim().min(1, 'must not be empty').max(200),
  description: z.string().max(10_000).nullable().optional(),
  constraints: jobConstraints.optional(),
};

/** What a template holds. Only `name` is needed; a given `task_groups` is checked as a job's is. */
export const templateContent = z.strictObject({ ...fields, task_groups: taskGroups.optional() });
/** The fields of a template that change. */
export const templateChanges = templateContent.partial();

/** The same as events hold it, with environments sealed. */
const storedContent = z.strictObject({ ...fields, task_groups: storedTaskGroups.optional() });
const storedChanges = storedContent.partial();
export type TemplateContent = z.infer<typeof storedContent>;
export type TemplateChanges = z.infer<typeof storedChanges>;

export const templateEvents = {
  TemplateCreated: event(z.strictObject({ templateId: z.string(), content: storedContent })),
  /** Only the fields that change. */
  TemplateUpdated: event(z.strictObject({ templateId: z.string(), changes: storedChanges })),
  TemplateDeleted: event(z.strictObject({ templateId: z.string() })),
} as const;

export type TemplateEvent = EventsOf<typeof templateEvents>;
