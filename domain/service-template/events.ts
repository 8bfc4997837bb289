import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { serviceTemplateContent } from './content.js';

const templateId = z.uuid();

/** Stream `serviceTemplate-<uuid of its name>`. */
export const serviceTemplateEvents = {
  /** It is there from now on, or is another one. `builtIn`: which revision of one that comes with Muster it is. */
  ServiceTemplateAdded: event(
    z.strictObject({ templateId, content: serviceTemplateContent, builtIn: z.number().int().positive().optional(), addedBy: z.string().optional() }),
  ),
  ServiceTemplateRemoved: event(z.strictObject({ templateId, removedBy: z.string() })),
} as const;

export type ServiceTemplateEvent = EventsOf<typeof serviceTemplateEvents>;
