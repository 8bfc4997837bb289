import { projection } from '../projection.js';
import type { ServiceTemplateContent } from '#domain/services/template/index.js';

export interface ServiceTemplateDocument {
  readonly templateId: string;
  readonly content: ServiceTemplateContent;
  readonly builtIn: boolean;
  readonly addedAt: number;
}

export const serviceTemplates = projection<ServiceTemplateDocument>({
  name: 'serviceTemplates',
  version: 1,
  share: 'allocations',
  outlivesClear: true,
  events: ['ServiceTemplateAdded', 'ServiceTemplateRemoved'],
  touches: (event) => ('templateId' in event.data ? [event.data.templateId] : []),
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
      default:
        return template;
    }
  },
});
