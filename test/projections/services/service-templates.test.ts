import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { BUILT_IN_TEMPLATES, templateIdOf } from '#domain/services/template/index.js';
import { serviceTemplates, type ServiceTemplateDocument } from '#projections/services/service-templates.js';
import { recorded } from '../history.js';
import { documentAfter } from '../plain-fold.js';

void t.test('keeps the time when a template was first added', async (t) => {
  const content = BUILT_IN_TEMPLATES[0]!;
  const templateId = templateIdOf(content.name);
  const added = (builtIn: number): MusterEvent => ({
    type: 'ServiceTemplateAdded',
    data: { templateId, content: { ...content, description: `${builtIn}` }, builtIn },
  });
  const removed: MusterEvent = { type: 'ServiceTemplateRemoved', data: { templateId, removedBy: 'u' } };
  const own: MusterEvent = { type: 'ServiceTemplateAdded', data: { templateId, content, addedBy: 'u' } };
  const after = (...events: MusterEvent[]) =>
    documentAfter<ServiceTemplateDocument>(serviceTemplates, recorded(events), templateId);
  t.strictSame(after(added(1), added(2)), {
    templateId,
    content: { ...content, description: '2' },
    builtIn: true,
    addedAt: 1000,
  });
  t.equal(after(added(1), removed), undefined);
  t.strictSame(after(added(1), removed, own), { templateId, content, builtIn: false, addedAt: 3000 });
});
