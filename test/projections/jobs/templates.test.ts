import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { templates, type TemplateDocument } from '#projections/jobs/templates.js';
import { group } from '../events.js';
import { recorded } from '../history.js';
import { documentAfter } from '../plain-fold.js';

void t.test('changes fields of a template and removes it', async (t) => {
  const created: MusterEvent = {
    type: 'TemplateCreated',
    data: { templateId: 't', content: { name: 'one', description: 'first' } },
  };
  const changed: MusterEvent = {
    type: 'TemplateUpdated',
    data: { templateId: 't', changes: { description: null, task_groups: [group('web')] } },
  };
  const template = (...events: MusterEvent[]): TemplateDocument | undefined =>
    documentAfter<TemplateDocument>(templates, recorded(events), 't');
  t.strictSame(template(created, changed), {
    templateId: 't',
    content: { name: 'one', description: null, task_groups: [group('web')] },
    createdAt: 1000,
    updatedAt: 2000,
  });
  t.equal(template(created, { type: 'TemplateDeleted', data: { templateId: 't' } }, changed), undefined);
});
