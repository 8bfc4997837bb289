import { projection } from '../projection.js';
import type { ServiceTemplateContent } from '#domain/services/template/index.js';

/** `serviceTemplates`, id = template id. */
export interface ServiceTemplateDocument {
  readonly templateId: string;
  readonly content: ServiceTemplateContent;
  /** Built into Muster. */
  readonly builtIn: boolean;
  /** Milliseconds since 1970 of the first addition, or of that after a removal. */
  readonly addedAt: number;
}

/** In the order in which they were added. */
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
