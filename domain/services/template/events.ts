import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { serviceTemplateContent } from './content.js';

const templateId = z.uuid();

/** Stream `serviceTemplate-<uuid of its name>`. */
export const serviceTemplateEvents = {
  /** Added or replaced. `builtIn`: the revision of a built-in template. */
  ServiceTemplateAdded: event(
    z.strictObject({
      templateId,
      content: serviceTemplateContent,
      builtIn: z.number().int().positive().optional(),
      addedBy: z.string().optional(),
    }),
  ),
  ServiceTemplateRemoved: event(z.strictObject({ templateId, removedBy: z.string() })),
} as const;

export type ServiceTemplateEvent = EventsOf<typeof serviceTemplateEvents>;
