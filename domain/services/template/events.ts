import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { serviceTemplateContent } from './content.js';

const templateId = z.uuid();

const added = z.strictObject({
  templateId,
  content: serviceTemplateContent,
  builtIn: z.number().int().positive().optional(),
  addedBy: z.string().optional(),
});

export const serviceTemplateEvents = {
  ServiceTemplateAdded: event(added),
  ServiceTemplateRemoved: event(z.strictObject({ templateId, removedBy: z.string() })),
} as const;

export type ServiceTemplateEvent = EventsOf<typeof serviceTemplateEvents>;
