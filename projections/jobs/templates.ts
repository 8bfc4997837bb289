import { projection } from '#domain/kernel/projection.js';
import { templateEvents, type TemplateContent } from '#domain/jobs/template/events.js';

export interface TemplateDocument {
  readonly templateId: string;
  readonly content: TemplateContent;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const templates = projection<TemplateDocument, typeof templateEvents>({
  name: 'templates',
  share: 'allocations',
  version: 2,
  events: templateEvents,
  touches: ({ data }) => [data.templateId],
  evolve: (template, event) => {
    const { at } = event.metadata;
    switch (event.type) {
      case 'TemplateCreated':
        return {
          templateId: event.data.templateId,
          content: event.data.content,
          createdAt: at,
          updatedAt: at,
        };
      case 'TemplateUpdated': {
        if (template === undefined) return undefined;
        const given = Object.fromEntries(
          Object.entries(event.data.changes).filter(([, value]) => value !== undefined),
        );
        return { ...template, content: { ...template.content, ...given }, updatedAt: at };
      }
      case 'TemplateDeleted':
        return undefined;
    }
  },
});
