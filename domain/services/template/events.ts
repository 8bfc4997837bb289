import { z } from 'zod';
import { event, extendedEvent, type EventsOf } from '../../kernel/event/definition.js';
import { serviceTemplateContent } from './content.js';

const templateId = z.uuid();

const added = z.strictObject({
  templateId,
  content: serviceTemplateContent,
  builtIn: z.number().int().positive().optional(),
  addedBy: z.string().optional(),
});

export const serviceTemplateEvents = {
  /** Version 2 added variables that are `initial`, and version 3 their `rotate`. */
  ServiceTemplateAdded: extendedEvent(
    added,
    ({ content }) => content.variables.some(({ initial }) => initial === true),
    ({ content }) => content.variables.some(({ rotate }) => rotate !== undefined),
  ),
  ServiceTemplateRemoved: event(z.strictObject({ templateId, removedBy: z.string() })),
} as const;

export type ServiceTemplateEvent = EventsOf<typeof serviceTemplateEvents>;
