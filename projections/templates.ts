import { MODELS, type TemplateDocument } from './documents.js';
import { projection } from './projection.js';

/** Job templates, each field as it was sent last. */
export const templates = projection<TemplateDocument>({
  name: MODELS.templates,
  version: 2,
  events: ['TemplateCreated', 'TemplateUpdated', 'TemplateDeleted'],
  touches: (event) => ('templateId' in event.data ? [event.data.templateId] : []),
  evolve: (template, event) => {
    const { at } = event.metadata;
    switch (event.type) {
      case 'TemplateCreated':
        return { templateId: event.data.templateId, content: event.data.content, createdAt: at, updatedAt: at };
      case 'TemplateUpdated': {
        if (template === undefined) return undefined;
        const given = Object.fromEntries(Object.entries(event.data.changes).filter(([, value]) => value !== undefined));
        return { ...template, content: { ...template.content, ...given }, updatedAt: at };
      }
      case 'TemplateDeleted':
        return undefined;
      default:
        return template;
    }
  },
});
