import { z } from 'zod';
import { event, type EventDefinition, type EventsOf } from '../../kernel/event/definition.js';
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
  ServiceTemplateAdded: {
    version: 3,
    writtenAs: ({ content: { variables } }) => {
      if (variables.some(({ rotate }) => rotate !== undefined)) return 3;
      return variables.some(({ initial }) => initial === true) ? 2 : 1;
    },
    schema: added,
    upcasters: { 1: (data) => data, 2: (data) => data },
  } as EventDefinition<typeof added>,
  ServiceTemplateRemoved: event(z.strictObject({ templateId, removedBy: z.string() })),
} as const;

export type ServiceTemplateEvent = EventsOf<typeof serviceTemplateEvents>;
