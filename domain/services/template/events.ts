import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { serviceTemplateContent } from './content.js';

const templateId = z.uuid();

export const serviceTemplateEvents = {
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
