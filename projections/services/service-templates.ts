import { projection } from '#domain/kernel/projection.js';
import type { ServiceTemplateContent } from '#domain/services/template/content.js';
import { serviceTemplateEvents } from '#domain/services/template/events.js';

export interface ServiceTemplateDocument {
  readonly templateId: string;
  readonly content: ServiceTemplateContent;
  readonly builtIn: boolean;
  readonly addedAt: number;
}

export const serviceTemplates = projection<ServiceTemplateDocument, typeof serviceTemplateEvents>({
  name: 'serviceTemplates',
  version: 1,
  share: 'allocations',
  outlivesClear: true,
  events: serviceTemplateEvents,
  touches: ({ data }) => [data.templateId],
  evolve: (template, event) => {
    switch (event.type) {
      case 'ServiceTemplateAdded': {
        const { templateId, content, builtIn } = event.data;
        return {
          templateId,
          content,
          builtIn: builtIn !== undefined,
          addedAt: template?.addedAt ?? event.metadata.at,
        };
      }
      case 'ServiceTemplateRemoved':
        return undefined;
    }
  },
});
